/// Long inputs of pictures and sound: which of their tokens a model reads, and how deep. A study
/// compares selections on clips and questions: [org.recollect.kv.omni.OmniStudy].
package org.recollect.kv.omni;
