/// Memories of a video stream: which visual tokens to hold on a budget before the question is
/// known, and which of them to read once it is. A [StreamStudy] compares them.
package org.recollect.kv.stream;
