/// Strategies that hold the model near what it was: in its weights, or in what it says.
package org.recollect.continual.regularise;
