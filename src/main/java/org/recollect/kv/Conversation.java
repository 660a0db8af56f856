package org.recollect.kv;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.recollect.model.LanguageModel;
import org.recollect.model.Placement;
import org.recollect.model.Prompt;
import org.recollect.model.Sampling;
import org.recollect.tensor.Torch;

/// A text that grows turn by turn before a cache that is compressed as it does.
///
/// ```java
/// try (var talk = Conversation.of(model, Kv.snapKv(), Budget.tokens(256)).inPieces(128).every(64)) {
///   talk.read(document);                        // piece by piece, compressed after each
///   int[] first = talk.generate(32, Sampling.greedy()); // compressed again after each 64 tokens
///   talk.read(question);                        // sees what was kept of all that came before
/// }
/// ```
///
/// A piece is read in one pass: its tokens see each other, and those that the cache still holds.
/// Then the policy chooses anew among all that is held, within the budget for the text so far. What
/// stays keeps its codes (formats that code a group of tokens together code the group anew); what
/// was given up never comes back. A text that is read in one piece gives the cache that
/// [Policy#cache] gives.
///
/// Mutable, for one thread at a time; owns the cache.
public final class Conversation implements AutoCloseable {

  private final LanguageModel model;
  private final Policy policy;
  private final Budget budget;
  private final int piece;
  private final int interval;
  private final Evidence evidence;
  private int[] tokens = {};
  private KvCache cache;
  private float[] logits;
  private int compressedAt;

  private Conversation(LanguageModel model, Policy policy, Budget budget, int piece, int interval) {
    this.model = model;
    this.policy = policy;
    this.budget = budget;
    this.piece = piece;
    this.interval = interval;
    this.evidence = new Evidence(model.config(), policy.scorer().window());
  }

  /// A conversation that reads each text at once and does not compress while it generates.
  ///
  /// @param budget for the text so far, prompts and answers together
  public static Conversation of(LanguageModel model, Kv policy, Budget budget) {
    return new Conversation(model, policy.policy(), budget, Integer.MAX_VALUE, Integer.MAX_VALUE);
  }

  /// Reads texts in pieces of so many tokens, and compresses after each. To be said before anything
  /// is read.
  public Conversation inPieces(int tokens) {
    requirePositive("A piece of text", tokens);
    return new Conversation(model, policy, budget, tokens, interval);
  }

  /// Compresses after every so many generated tokens. To be said before anything is read.
  public Conversation every(int tokens) {
    requirePositive("The interval between compressions", tokens);
    return new Conversation(model, policy, budget, piece, tokens);
  }

  /// Reads a text that follows what was said.
  ///
  /// @param text token ids, at least one
  /// @return the prediction after its last token, `[vocab]`
  public float[] read(int... text) {
    if (text.length == 0) {
      throw new IllegalArgumentException("The text has no tokens: give at least one.");
    }
    for (int from = 0; from < text.length; from += piece) {
      int to = (int) Math.min(text.length, (long) from + piece);
      var part = Arrays.copyOfRange(text, from, to);
      logits = cache == null ? begin(part) : extend(part);
      if (to == text.length) {
        break;
      }
    }
    return logits.clone();
  }

  /// Goes on with what the model says, up to its end-of-text token.
  ///
  /// @param newTokens how many tokens at most
  /// @return the new tokens only
  /// @throws IllegalStateException if nothing was read yet
  public int[] generate(int newTokens, Sampling sampling) {
    requireText();
    int end = model.endOfText();
    var said = IntStream.builder();
    for (int i = 0; i < newTokens; i++) {
      int token = sampling.choose(logits);
      if (token == end) {
        break;
      }
      said.add(token);
      say(token);
    }
    return said.build().toArray();
  }

  /// Goes on with one token, whoever chose it.
  ///
  /// @return the prediction after it, `[vocab]`
  public float[] say(int token) {
    requireText();
    logits = model.step(token, cache);
    append(token);
    if (tokens.length - compressedAt >= interval) {
      compress();
    }
    return logits.clone();
  }

  private void append(int... more) {
    int length = tokens.length;
    tokens = Arrays.copyOf(tokens, length + more.length);
    System.arraycopy(more, 0, tokens, length, more.length);
  }

  /// Chooses anew among the tokens held, within the budget for the text so far.
  public void compress() {
    replace(evidence());
  }

  /// The text so far as the policy's scorer would see it.
  Prompt evidence() {
    requireText();
    return evidence.prompt(tokens, cache.unpacked());
  }

  /// The cache as it is now; the conversation owns it, and replaces it when it compresses.
  public KvCache cache() {
    requireText();
    return cache;
  }

  /// Gives the cache away: the conversation is over.
  KvCache release() {
    var released = cache();
    released.witnessedBy(null);
    cache = null;
    return released;
  }

  /// All tokens so far, read and generated.
  public int[] tokens() {
    return tokens.clone();
  }

  private float[] begin(int[] text) {
    var prompt = policy.scorer().reader(model).prefill(text, policy.scorer().window());
    evidence.read(prompt);
    tokens = text.clone();
    replace(prompt);
    return prompt.logits();
  }

  private float[] extend(int[] text) {
    int position = tokens.length;
    var held = cache.unpacked();
    var seen = new ArrayList<Unpacked>();
    Prompt read;
    try (var _ = Torch.newScope()) {
      read = model.readOn(text, Placement.after(cache.nextPlace(), text.length, past(held)));
    }
    for (int layer = 0; layer < held.size(); layer++) {
      var piece = read.layer(layer);
      seen.add(held.get(layer).and(piece.keys(), piece.values(), position));
      evidence.read(layer, position, piece.queries(), seen.getLast(), piece.massive());
    }
    append(text);
    replace(evidence.prompt(tokens, seen));
    return read.logits();
  }

  private List<Placement.Past> past(List<Unpacked> held) {
    var manager = model.weights().get("model.norm.weight").getManager();
    return held.stream().map(layer -> layer.past(manager)).toList();
  }

  private void replace(Prompt prompt) {
    var next = policy.cache(prompt, budget, cache);
    if (cache != null) {
      cache.close();
    }
    cache = next;
    cache.witnessedBy(evidence);
    compressedAt = tokens.length;
  }

  private void requireText() {
    if (cache == null) {
      throw new IllegalStateException("Nothing was read yet: begin with read(tokens).");
    }
  }

  private static void requirePositive(String what, int tokens) {
    if (tokens < 1) {
      throw new IllegalArgumentException(what + " is at least one token, not " + tokens + ".");
    }
  }

  @Override
  public void close() {
    if (cache != null) {
      cache.close();
    }
  }
}
