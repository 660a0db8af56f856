/// Strategies that learn some of the old beside the new.
package org.recollect.continual.replay;
