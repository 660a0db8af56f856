/// The kernels of `kernels-native` on an NVIDIA GPU, through the CUDA driver API. Nothing here
/// needs the CUDA toolkit: the driver is enough, and without one [Cuda#find] finds nothing and says
/// why.
package org.recollect.kernel.cuda;
