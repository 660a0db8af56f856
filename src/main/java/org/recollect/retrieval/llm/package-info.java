/// The port through which every decision of a retrieval method reaches a language model:
/// LangChain4j's `ChatModel`, whoever stands behind it.
///
/// - An [org.recollect.retrieval.llm.Endpoint] is a server, an
///   [org.recollect.retrieval.llm.LocalModel] one of our own models.
/// - A [org.recollect.retrieval.llm.Recording] keeps what a model replied, so that a run can be
///   repeated without it.
/// - A [org.recollect.retrieval.llm.PromptText] keeps instructions and data apart.
/// - [org.recollect.retrieval.llm.Asking] sends a prompt, tries again within limits and counts;
///   what it cannot get is a [org.recollect.retrieval.llm.NoReply].
package org.recollect.retrieval.llm;
