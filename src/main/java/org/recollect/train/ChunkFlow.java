package org.recollect.train;

/// ChunkFlow (Yuan et al., "Efficient Long Context Fine-tuning with Chunk Flow", 2025,
/// arXiv:2503.02356).
///
/// Most texts for fine-tuning are short and a few are very long, but memory and schedule are laid
/// out for the longest. Cut and packed into chunks of one size, of which few keep their activations
/// at a time, all texts take the memory of a chunk.
///
/// - *Chunks*: texts of more than `C` tokens become chains of dependent chunks of `C` tokens each;
///   shorter ones are packed, whole, into standalone chunks of at most `C`, with a block-diagonal
///   causal mask and positions that begin anew with each text. The paper seeks the fewest bins;
///   here it is first-fit-decreasing (inferred). See [ChunkPlan#chunked].
/// - *Keys and values*: a dependent chunk `i` attends to itself and to the kept keys and values
///   `K_j, V_j` of the chunks `j < i`, `[1][kvHeads][tokens][headDim]` in each layer. They are cut
///   off the graph that made them, and each has a gradient `dK_j, dV_j` of the same shape into
///   which every later chunk adds.
/// - *Schedule* of a chain of `N` chunks: forward 1 to `N`, where only the last `k` (`live`) keep
///   their activations; then backward `N` to 1, each chunk but the last `k` after another forward
///   pass. The order must descend: `dK_i, dV_i` are complete when all later chunks have gone. With
///   `L_i` for the chunk's part of the loss, its backward pass is that of
///
///   `L_i + sum(K_i dK_i) + sum(V_i dV_i)`,
///
///   whose gradient is that of the whole text, chunk by chunk. Where `N <= k` nothing is run twice.
/// - *Loss*: the sum over all predictions of the global batch by their number, so that one step is
///   that of the whole texts, up to the order of additions.
///
/// Peak memory is about `k` chunks of activations, and the keys and values of the longest text with
/// their gradients. What a live chunk needs beyond this, and a fused kernel would not, is a copy of
/// the keys and values that it attends to, in each layer, and a mask of `C` times the text's tokens
/// for the chain. The first forward pass of the chunks that are run again computes no loss; a live
/// chunk's logits are computed just before its backward pass, so that one chunk has logits at a
/// time (inferred).
///
/// The second listing of the schedule that circulates runs the recomputed chunks upwards. That
/// would read gradients that are not complete, and is not followed.
///
/// @param chunkSize `C`, tokens; the paper's best for a 7 B model is 8 K, with `k = 1` for texts of
///   up to 32 K tokens and `k = 4` for up to 256 K
/// @param live `k`, called K in the paper: chunks that keep their activations, at least 1
public record ChunkFlow(int chunkSize, int live) implements Batching {

  public ChunkFlow {
    if (chunkSize < 1 || live < 1) {
      throw new IllegalArgumentException(
          "ChunkFlow has chunks of at least one token and keeps at least one alive; got %d and %d."
              .formatted(chunkSize, live));
    }
  }

  @Override
  public ChunkPlan plan(int[] lengths) {
    return ChunkPlan.chunked(lengths, chunkSize);
  }
}
