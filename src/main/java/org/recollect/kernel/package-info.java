/// The hot loops of decode attention: pages of packed codes, and attention computed over the codes
/// themselves. Each operation has one interface and a plain scalar implementation that reads like
/// its formula; faster implementations are held to that one by tests.
package org.recollect.kernel;
