package org.recollect.data;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.recollect.tensor.RandomStream;

/// Text of one domain, for models that are to predict it: a part to learn from, and held-out texts
/// to choose and to judge by, apart from each other by [Split].
///
/// ```java
/// var swing = DomainText.jdk().get(1);
/// int[][] texts = swing.training(128, 256, tokenizer::encode, tokenizer.endOfText(), random);
/// int[][] judged = swing.heldOut(Split.TEST, 32, 256, tokenizer::encode, random);
/// ```
///
/// The shipped subjects were trained on `java.base`, which is [#general] text to them; the domains
/// of [#jdk] are written in the same language and about other things.
///
/// @param name as tables call it
/// @param corpus all of its documents
public record DomainText(String name, Corpus corpus) {

  /// The share of the training text that one document may make up, as its inverse.
  private static final int FEWEST_DOCUMENTS = 8;

  public DomainText {
    Objects.requireNonNull(name, "a domain needs a name");
    Objects.requireNonNull(corpus, "a domain needs a corpus");
  }

  /// Packages of the running JDK as a domain, see [Corpora#jdk].
  ///
  /// @throws IllegalStateException when this Java runtime comes without its sources
  /// @throws IllegalArgumentException when a package is not among them
  public static DomainText jdk(String name, String... packages) {
    return new DomainText(name, Corpora.jdk(packages));
  }

  /// Three domains of the JDK outside of `java.base`: the compiler, Swing, and XML.
  public static List<DomainText> jdk() {
    return List.of(
        jdk("compiler", "com.sun.tools.javac.."),
        jdk("Swing", "javax.swing.."),
        jdk("XML", "com.sun.org.apache.xerces..", "javax.xml..", "org.w3c.dom..", "org.xml.sax.."));
  }

  /// What the shipped subjects know: `java.base`.
  public static DomainText general() {
    return new DomainText("java.base", Corpora.jdk());
  }

  /// Text to learn from: documents of the training part in random order, each ended by a token of
  /// its own, cut into texts one after another. Each text begins with the last token of the one
  /// before, so that every token but the first is predicted once. A document gives at most an
  /// eighth of all tokens, its beginning.
  ///
  /// @param texts how many, at least 1
  /// @param length predictions in each, at least 1
  /// @param encode the subjects' tokenizer
  /// @param end the token that ends a document
  /// @param random decides the order of the documents
  /// @return token ids `[texts][length + 1]`
  /// @throws IllegalArgumentException when the training part has fewer tokens
  public int[][] training(
      int texts, int length, Function<String, int[]> encode, int end, RandomStream random) {
    if (texts < 1 || length < 1) {
      throw new IllegalArgumentException(
          "A domain is learned from at least one text with one prediction; got %d texts of %d."
              .formatted(texts, length));
    }
    int[] tokens = new int[Math.addExact(Math.multiplyExact(texts, length), 1)];
    int most = Math.ceilDiv(tokens.length, FEWEST_DOCUMENTS);
    int filled = 0;
    for (Document document : random.shuffle(corpus.train().documents())) {
      int[] text = encode.apply(document.text());
      int taken = Math.min(Math.min(text.length, most), tokens.length - filled);
      System.arraycopy(text, 0, tokens, filled, taken);
      filled += taken;
      if (filled == tokens.length) {
        return cut(tokens, texts, length);
      }
      tokens[filled++] = end;
    }
    if (filled < tokens.length) {
      throw new IllegalArgumentException(
          "The training part of '%s' gives %,d tokens, not %,d: ask for fewer or shorter texts, or name more packages."
              .formatted(name, filled, tokens.length));
    }
    return cut(tokens, texts, length);
  }

  private static int[][] cut(int[] tokens, int texts, int length) {
    int[][] cut = new int[texts][];
    Arrays.setAll(cut, i -> Arrays.copyOfRange(tokens, i * length, (i + 1) * length + 1));
    return cut;
  }

  /// Texts to choose or to judge by, at random places of held-out documents; see [Sequences#draw].
  ///
  /// @param part [Split#VALIDATION] or [Split#TEST]
  /// @param texts how many
  /// @param length predictions in each
  /// @param encode the subjects' tokenizer
  /// @param random decides documents and places
  /// @return token ids `[texts][length + 1]`
  /// @throws IllegalArgumentException for the training part, and when no document of the part is as
  ///   long
  public int[][] heldOut(
      Split part, int texts, int length, Function<String, int[]> encode, RandomStream random) {
    var documents =
        switch (part) {
          case VALIDATION -> corpus.validation();
          case TEST -> corpus.test();
          case TRAIN ->
              throw new IllegalArgumentException(
                  "Texts of the training part are not held out: ask for VALIDATION or TEST.");
        };
    return documents.tokens(length + 1).draw(texts, encode, random);
  }
}
