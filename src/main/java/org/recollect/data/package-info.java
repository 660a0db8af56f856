/// Material: corpora with their train, validation and test parts, generated recall tasks and
/// skills, invented persons and news to be forgotten, readers for the files of unlearning
/// benchmarks, and pictures of glyphs. Text here knows no tokenizer; where a length in tokens
/// matters, the caller passes the function.
package org.recollect.data;
