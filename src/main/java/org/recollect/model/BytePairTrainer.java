package org.recollect.model;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/// Trains a byte-level byte-pair encoding for source code and English.
///
/// Text is first cut into words by [#WORDS]; within words, the pair of adjacent tokens that occurs
/// most often is merged into a new token, again and again, starting from the 256 bytes (Sennrich,
/// Haddow and Birch, 2016, algorithm 1; bytes as in Radford et al., 2019, section 2.2). Pair counts
/// are kept up to date instead of being counted anew: a merge touches only the words that contain
/// its pair. Of pairs equally frequent the one with the smaller ids is merged first, so that the
/// same text always gives the same tokenizer.
///
/// The ids: the [#SPECIALS], then the 256 bytes by value, then the merges in the order they were
/// made.
public final class BytePairTrainer {
  /// What is never split and never made from text: the end of a document, and some to spare for
  /// methods that mark things. Their ids are 0, 1, ...
  public static final List<String> SPECIALS =
      List.of(
          "<|end|>",
          "<|pad|>",
          "<|mark1|>",
          "<|mark2|>",
          "<|mark3|>",
          "<|mark4|>",
          "<|mark5|>",
          "<|mark6|>");

  /// Words, in the order they are tried: line breaks with the indentation that follows; a run of
  /// letters with the space before it; one digit; a run of anything else with the space before it;
  /// white space within a line, except the space that belongs to what follows.
  ///
  /// Everything outside ASCII counts as a letter. So the classes are plain ranges, which mean the
  /// same to every regular-expression engine and every version of Unicode.
  public static final String WORDS =
      "[\\r\\n]+[ \\t]*"
          + "| ?[A-Za-z_\\x{80}-\\x{10FFFF}]+"
          + "|[0-9]"
          + "| ?[^A-Za-z0-9_ \\t\\r\\n\\x{80}-\\x{10FFFF}]+"
          + "|[ \\t]+(?![^ \\t\\r\\n])"
          + "|[ \\t]+";

  private static final int FIRST_BYTE = SPECIALS.size();
  private static final int FIRST_MERGE = FIRST_BYTE + 256;

  /// A kind of word: its tokens now, and how often it occurs.
  private static final class Word {
    int[] tokens;
    long count;
  }

  /// How often a pair occurs, and the words that it has ever been seen in.
  private static final class Pair {
    final int left;
    final int right;
    long count;
    final Set<Word> words = new HashSet<>();

    Pair(int left, int right) {
      this.left = left;
      this.right = right;
    }
  }

  /// A pair with the count it had when it was queued; out of date once they differ.
  private record Candidate(Pair pair, long count) {}

  private final Map<Long, Pair> pairs = new HashMap<>();
  private final List<Pair> unqueued = new ArrayList<>();
  private final PriorityQueue<Candidate> queue =
      new PriorityQueue<>(
          Comparator.comparingLong(Candidate::count)
              .reversed()
              .thenComparingInt(candidate -> candidate.pair().left)
              .thenComparingInt(candidate -> candidate.pair().right));

  private BytePairTrainer() {}

  /// Trains a tokenizer.
  ///
  /// @param texts what to learn from; a few megabytes are enough for a few thousand tokens
  /// @param vocabularySize how many tokens, from 264 (no merge at all) to 65 536
  /// @throws IllegalArgumentException when the texts have too few different words for so many
  ///   tokens
  public static Tokenizer train(Iterable<String> texts, int vocabularySize) {
    if (vocabularySize < FIRST_MERGE || vocabularySize > 65_536) {
      throw new IllegalArgumentException(
          "A vocabulary has from %d tokens, which are the bytes and the special tokens, to 65536, not %d."
              .formatted(FIRST_MERGE, vocabularySize));
    }
    var merges = new BytePairTrainer().merges(texts, vocabularySize - FIRST_MERGE);
    return Tokenizer.parse(json(merges));
  }

  private List<int[]> merges(Iterable<String> texts, int wanted) {
    for (Word word : words(texts)) {
      count(word, word.count);
    }
    queueNewPairs();
    var merges = new ArrayList<int[]>(wanted);
    while (merges.size() < wanted) {
      var best = queue.poll();
      if (best == null) {
        throw new IllegalArgumentException(
            "The texts give only %d tokens, not %d; train on more text or ask for fewer."
                .formatted(FIRST_MERGE + merges.size(), FIRST_MERGE + wanted));
      }
      if (best.count() == best.pair().count) {
        merge(best.pair(), FIRST_MERGE + merges.size());
        merges.add(new int[] {best.pair().left, best.pair().right});
      } else {
        enqueue(best.pair());
      }
    }
    return merges;
  }

  private static List<Word> words(Iterable<String> texts) {
    var words = new HashMap<String, Word>();
    var pattern = Pattern.compile(WORDS);
    for (String text : texts) {
      var matcher = pattern.matcher(text);
      while (matcher.find()) {
        words.computeIfAbsent(matcher.group(), BytePairTrainer::word).count++;
      }
    }
    return List.copyOf(words.values());
  }

  private static Word word(String text) {
    byte[] bytes = text.getBytes(UTF_8);
    var word = new Word();
    word.tokens = new int[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      word.tokens[i] = FIRST_BYTE + (bytes[i] & 0xff);
    }
    return word;
  }

  /// Adds a word's pairs to the counts, or takes them away where the amount is negative.
  private void count(Word word, long amount) {
    for (int i = 0; i + 1 < word.tokens.length; i++) {
      int left = word.tokens[i];
      int right = word.tokens[i + 1];
      var pair = pairs.computeIfAbsent((long) left << 32 | right, _ -> newPair(left, right));
      pair.count += amount;
      if (amount > 0) {
        pair.words.add(word);
      }
    }
  }

  private Pair newPair(int left, int right) {
    var pair = new Pair(left, right);
    unqueued.add(pair);
    return pair;
  }

  /// Only pairs with the newest token can gain occurrences, so every other candidate in the queue
  /// is an upper bound and is put right when its turn comes.
  private void merge(Pair pair, int token) {
    for (Word word : pair.words) {
      int[] merged = replace(word.tokens, pair, token);
      if (merged.length < word.tokens.length) {
        count(word, -word.count);
        word.tokens = merged;
        count(word, word.count);
      }
    }
    pair.words.clear();
    queueNewPairs();
  }

  private void queueNewPairs() {
    unqueued.forEach(this::enqueue);
    unqueued.clear();
  }

  private void enqueue(Pair pair) {
    // A pair seen once would only spell out one word of the training text.
    if (pair.count > 1) {
      queue.add(new Candidate(pair, pair.count));
    }
  }

  private static int[] replace(int[] tokens, Pair pair, int token) {
    var replaced = new int[tokens.length];
    int length = 0;
    for (int i = 0; i < tokens.length; i++) {
      boolean here = tokens[i] == pair.left && i + 1 < tokens.length && tokens[i + 1] == pair.right;
      replaced[length++] = here ? token : tokens[i];
      if (here) {
        i++;
      }
    }
    return length == tokens.length ? tokens : Arrays.copyOf(replaced, length);
  }

  /// The file that the Hugging Face tokenizers library reads.
  private static String json(List<int[]> merges) {
    var spelling = new ArrayList<String>(SPECIALS);
    for (int value = 0; value < 256; value++) {
      spelling.add(standIn(value));
    }
    var json = JsonNodeFactory.instance.objectNode().put("version", "1.0");
    json.putNull("truncation").putNull("padding");
    var added = json.putArray("added_tokens");
    for (int id = 0; id < SPECIALS.size(); id++) {
      added
          .addObject()
          .put("id", id)
          .put("content", SPECIALS.get(id))
          .put("single_word", false)
          .put("lstrip", false)
          .put("rstrip", false)
          .put("normalized", false)
          .put("special", true);
    }
    json.putNull("normalizer");
    var steps = json.putObject("pre_tokenizer").put("type", "Sequence").putArray("pretokenizers");
    var split = steps.addObject().put("type", "Split");
    split.putObject("pattern").put("Regex", WORDS);
    split.put("behavior", "Isolated").put("invert", false);
    byteLevel(steps.addObject());
    json.putNull("post_processor");
    byteLevel(json.putObject("decoder"));
    var model = json.putObject("model").put("type", "BPE").putNull("dropout").putNull("unk_token");
    model.putNull("continuing_subword_prefix").putNull("end_of_word_suffix");
    model.put("fuse_unk", false).put("byte_fallback", false).put("ignore_merges", false);
    var vocabulary = model.putObject("vocab");
    var pairs = model.putArray("merges");
    for (int[] merge : merges) {
      pairs.add(spelling.get(merge[0]) + " " + spelling.get(merge[1]));
      spelling.add(spelling.get(merge[0]) + spelling.get(merge[1]));
    }
    for (int id = 0; id < spelling.size(); id++) {
      vocabulary.put(spelling.get(id), id);
    }
    return json.toPrettyString() + "\n";
  }

  private static void byteLevel(ObjectNode step) {
    step.put("type", "ByteLevel").put("add_prefix_space", false);
    step.put("trim_offsets", true).put("use_regex", false);
  }

  /// The printable character that stands for a byte in the file: itself where Latin-1 prints it,
  /// and otherwise the next free one from U+0100 on, in the order of the bytes.
  private static String standIn(int value) {
    if (printable(value)) {
      return Character.toString(value);
    }
    int before = (int) IntStream.range(0, value).filter(other -> !printable(other)).count();
    return Character.toString(0x100 + before);
  }

  private static boolean printable(int value) {
    return value > 0x20 && value < 0x7f || value > 0xa0 && value != 0xad;
  }
}
