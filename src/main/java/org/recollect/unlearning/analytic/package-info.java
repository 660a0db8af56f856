/// Exact unlearning of heads on fixed features: what a classifier that is fitted in closed form can
/// forget for good, and the gradient methods it is compared with.
package org.recollect.unlearning.analytic;
