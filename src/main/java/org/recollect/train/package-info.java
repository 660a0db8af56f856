/// Training: optimisers, schedules, the loop with its hooks, and the recipe of the shipped
/// subjects.
package org.recollect.train;
