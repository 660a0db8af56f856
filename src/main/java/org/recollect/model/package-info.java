/// The subjects of every study: a readable Llama-style language model over named weights, its
/// tokenizer, its caches, and what may be observed while it runs.
package org.recollect.model;
