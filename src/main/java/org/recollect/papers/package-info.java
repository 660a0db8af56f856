/// The catalogue: 120 papers as data, each with the claims that its experiment puts to the test.
///
/// The entries are JSON resources beside this package, one file per family, meant to be read and
/// edited by hand. [org.recollect.papers.Papers] is the way in.
package org.recollect.papers;
