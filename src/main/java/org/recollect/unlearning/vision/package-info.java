/// Unlearning in classifiers of images: [org.recollect.unlearning.vision.Acu] forgets exactly, on
/// features of a fixed backbone; the others are what it is compared with.
package org.recollect.unlearning.vision;
