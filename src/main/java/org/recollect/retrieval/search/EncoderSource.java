package org.recollect.retrieval.search;

import org.recollect.data.Library;
import org.recollect.lab.Configured;

/// Where the encoder of a search comes from: it is fitted on the library that is indexed, or it is
/// there already.
public interface EncoderSource extends Configured {

  /// As tables show it.
  String name();

  /// The encoder for a library.
  Encoder on(Library library);
}
