/// The glue to DJL and LibTorch: operators, linear algebra, named weights and their files, memory
/// shared with Java, and random streams.
package org.recollect.tensor;
