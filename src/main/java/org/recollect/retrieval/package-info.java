/// Adaptive retrieval and the memory of agents: when to search, what for, and when to stop. A
/// [org.recollect.retrieval.RetrievalPolicy] decides, over roles that all policies share, a search
/// and a model that answers from memory.
package org.recollect.retrieval;
