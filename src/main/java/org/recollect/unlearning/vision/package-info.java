/// Unlearning of pictures: an [org.recollect.unlearning.vision.ErasureStudy] compares ways to make
/// an image classifier forget classes, kinds of pictures or single ones.
package org.recollect.unlearning.vision;
