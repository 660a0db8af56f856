/// Strategies that give the model new parts to learn in.
package org.recollect.continual.expand;
