/// The subjects of every study: a readable Llama-style language model over named weights, its
/// tokenizer, its caches, and what may be observed while it runs. What is tuned in place of a model
/// is an [org.recollect.model.Overlay] on its linear maps, [org.recollect.model.VirtualTokens]
/// before its texts, or layers inserted by [org.recollect.model.BlockInsertion].
package org.recollect.model;
