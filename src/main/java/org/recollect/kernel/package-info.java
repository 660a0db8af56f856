/// The hot loops: attention over pages of codes, and over whole texts; rotation, rounding and
/// packing; search among vectors; products of integers on bit planes.
///
/// Each operation is an interface with a `Reference` implementation in plain scalar Java, which
/// says what is computed, and a `Simd` one by the Vector API that has to agree with it; those that
/// a GPU computes are in `cuda`. [org.recollect.kernel.Kernels] chooses.
package org.recollect.kernel;
