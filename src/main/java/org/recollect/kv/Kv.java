package org.recollect.kv;

import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import org.recollect.kernel.PageFormat.Floats;
import org.recollect.kernel.TokenCode;
import org.recollect.lab.Arm;

/// A KV-cache policy as an arm of a study, and the factories of those that are here.
///
/// ```java
/// Kv.full();                                             // keep everything, float32
/// Kv.snapKv();                                           // keep what the last queries look at
/// Rotate.bits(2).perHead();                              // a codec is an arm that keeps everything
/// Kv.keep(new SnapKv()).share(new Uniform()).store(Kv.int8()); // any with any
/// ```
public interface Kv extends Arm {

  /// The three answers that make this arm.
  Policy policy();

  /// Every token in float32: what all others are measured against. Arm `full f32`.
  static Codec full() {
    return new Dense(Floats.F32);
  }

  /// Every token in half precision: what serving systems hold. Arm `full f16`.
  static Codec half() {
    return new Dense(Floats.F16);
  }

  /// Every token in 8 bits with one scale a token and head. Arm `int8`.
  static Codec int8() {
    return new PerToken(8);
  }

  /// Every token in 4 bits with one scale a token and head. Arm `int4`.
  static Codec int4() {
    return new PerToken(4);
  }

  /// Every token rounded to nearest in groups of 32 channels. Arm `rtn-2` and so on.
  static RoundToNearest rtn(int bits) {
    return RoundToNearest.bits(bits);
  }

  /// KIVI: keys by channel, values by token. Arm `kivi-2` and so on.
  static Kivi kivi(int bits) {
    return Kivi.bits(bits);
  }

  /// KVQuant: keys by channel before RoPE, values by token, points weighted by gradients, outliers
  /// apart. Arm `kvquant-2` and so on.
  static KvQuant kvQuant(int bits) {
    return KvQuant.bits(bits);
  }

  /// PolarQuant (Han et al.): recursive polar coordinates of rotated vectors, 3.875 bits. Arm
  /// `polar-quant 4-2-2-2`.
  static PolarQuant polarQuant() {
    return PolarQuant.recursive();
  }

  /// PolarQuant for keys (Wu et al.): radius and angle of each RoPE pair. Arm `polar-pairs-4` and
  /// so on.
  static PolarPairs polarPairs(int bits) {
    return PolarPairs.bits(bits);
  }

  /// TurboQuant: rotated vectors in points of the normal distribution. Arm `turbo-2` and so on, and
  /// `turbo-ip-2` where it is [TurboQuant#unbiased].
  static TurboQuant turboQuant(int bits) {
    return TurboQuant.bits(bits);
  }

  /// A code of one's own, for keys after RoPE and values of each head by itself. The arm is called
  /// what the code is.
  ///
  /// @param code makes the code for heads of so many channels
  static Codec coded(IntFunction<? extends TokenCode> code) {
    return new OwnCode(code);
  }

  /// The first tokens and the last ones. Arm `StreamingLLM`.
  static Policy streamingLlm() {
    return keep(new StreamingLlm());
  }

  /// The heavy hitters and the last tokens. Arm `H2O`.
  static Policy h2o() {
    return keep(new H2o());
  }

  /// What the end of the prompt looks at. Arm `SnapKV`.
  static Policy snapKv() {
    return keep(new SnapKv());
  }

  /// The state that the newest token looks at least goes. Arm `TOVA`.
  static Policy tova() {
    return keep(new Tova());
  }

  /// What queries to come are expected to look at. Arm `Expected Attention`.
  static Policy expectedAttention() {
    return keep(new ExpectedAttention());
  }

  /// SnapKV's choice, more of it in low layers. Arm `PyramidKV`.
  static Policy pyramidKv() {
    return keep(new SnapKv()).share(new Pyramid()).named("PyramidKV");
  }

  /// SnapKV's choice, more of it where a head looks at more. Arm `AdaKV`. Released code pools by
  /// the maximum of seven; here the scores are those of [#snapKv], so that only the shares differ.
  static Policy adaKv() {
    return keep(new SnapKv()).share(new Ada()).named("AdaKV");
  }

  /// Tokens kept by lot, the last 32 in any case: the control. Arm `random`.
  static Policy random() {
    return keep(new RandomChoice(32));
  }

  /// What received most attention, the same share of it in every layer. Arm `PrefixKV`.
  static Policy prefixKv() {
    return keep(new AttentionMass()).share(new PrefixKv()).named("PrefixKV");
  }

  /// Windows of neighbours that the end of the prompt looks at, judged by the kind of task. Arm
  /// `WindowKV`.
  static Policy windowKv(TaskClassifier classifier) {
    return keep(new WindowKv(classifier)).share(new GroupDescent()).named("WindowKV");
  }

  /// The same for tasks that are known to be of one kind.
  static Policy windowKv(WindowKv.Strategy strategy) {
    return keep(new WindowKv(strategy)).share(new GroupDescent()).named("WindowKV");
  }

  /// All ways to give tokens up that need no training: in half precision, but for SPHERICAL KV,
  /// which chooses tokens and the bits of their keys together.
  static List<Policy> evictions() {
    return List.of(
        streamingLlm(),
        h2o(),
        tova(),
        snapKv(),
        pyramidKv(),
        adaKv(),
        expectedAttention(),
        prefixKv(),
        windowKv(WindowKv.Strategy.LOCALISATION),
        Spherical.joint(),
        random());
  }

  /// All ways to store every token in fewer bits, from many to few.
  static List<Codec> codecs() {
    return List.of(
        int8(),
        int4(),
        kvQuant(4),
        Rotate.bits(4),
        turboQuant(4),
        polarPairs(4),
        polarQuant(),
        rtn(3),
        kvQuant(3),
        Rotate.bits(3),
        turboQuant(3),
        rtn(2),
        kivi(2),
        kvQuant(2),
        Rotate.bits(2),
        turboQuant(2));
  }

  /// Tokens by importance: every head keeps equally many, in half precision, until [Policy#share]
  /// and [Policy#store] say otherwise.
  static Policy keep(Scorer scorer) {
    return new Policy(scorer.name(), scorer, new Uniform(), half());
  }

  @Override
  default Map<String, ?> configuration() {
    return policy().configuration();
  }

  @Override
  default boolean ignores(String setting) {
    return policy().ignores(setting);
  }
}
