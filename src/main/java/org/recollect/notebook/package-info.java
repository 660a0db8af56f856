/// The Jupyter side: a Java kernel, what it shows of each kind of value, and progress that updates
/// in place.
///
/// [Main] is the entry point that a kernelspec names. Renderers live in `render` and also serve
/// stock IJava and JJava kernels through thin adapters.
package org.recollect.notebook;
