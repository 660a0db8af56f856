package org.recollect.retrieval;

import java.util.function.BiFunction;
import java.util.function.Function;
import org.recollect.retrieval.llm.PromptText;
import org.recollect.retrieval.llm.Reply;
import org.recollect.retrieval.role.Crew;

/// One decision that a method leaves to a language model, such as whether a note is better than
/// another, in two forms: as a language model is asked for it, and as the small roles decide it. A
/// [Cast] says which of them runs.
///
/// @param name as tables show it
/// @param prompt what a language model is sent; whatever it is that is decided on stands in it as
///   data. The embedded roles see no more than that, and are counted as if they read it
/// @param reply what a reply says; throws a [MalformedReply] where it says nothing of the kind
/// @param fallback what counts where no try brought a reply of use; it is counted and shown
/// @param embedded how the small roles decide it
/// @param <I> what is decided on
/// @param <O> what comes out
public record Decision<I, O>(
    String name,
    Function<I, PromptText> prompt,
    BiFunction<I, Reply, O> reply,
    Function<I, O> fallback,
    BiFunction<Crew, I, O> embedded) {}
