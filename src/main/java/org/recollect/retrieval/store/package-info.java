/// What agents remember: [org.recollect.retrieval.store.MemoryStore] keeps notes with their
/// provenance and all their versions, and really forgets; [org.recollect.retrieval.store.Eviction]
/// decides which of them leave for want of room or with time, and
/// [org.recollect.retrieval.store.BoundedMemory] brings the two together.
package org.recollect.retrieval.store;
