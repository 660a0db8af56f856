/// Strategies that tune a model anew for each task and merge what they get.
package org.recollect.continual.merge;
