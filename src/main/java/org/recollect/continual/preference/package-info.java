/// Strategies that learn which of two answers is better.
package org.recollect.continual.preference;
