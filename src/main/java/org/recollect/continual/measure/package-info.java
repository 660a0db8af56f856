/// What is measured while a strategy is at work, and ways of judging what a study has found.
package org.recollect.continual.measure;
