/// Strategies that keep what is learned off directions that earlier tasks need.
package org.recollect.continual.subspace;
