/// Material: corpora with their train, validation and test parts, and generated recall tasks. Text
/// here knows no tokenizer; where a length in tokens matters, the caller passes the function.
package org.recollect.data;
