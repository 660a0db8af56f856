package org.recollect.retrieval;

import java.util.function.BiFunction;
import java.util.function.Function;
import org.recollect.retrieval.role.Crew;

/// One decision that a method leaves to a language model, such as whether a note is better than
/// another.
///
/// @param name as counts and cards show it
/// @param reads the text that is read for it: what a language model would be sent
/// @param embedded how the small roles decide it
/// @param <I> what is decided on
/// @param <O> what comes out
public record Decision<I, O>(
    String name, Function<I, String> reads, BiFunction<Crew, I, O> embedded) {}
