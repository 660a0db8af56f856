/// Adapting language models to a domain: by tuning them, by looking up what stood in its text, or
/// by a small model beside them that has learned what the look-up would say. Begin at [DomainStudy]
/// and [Adapt].
package org.recollect.retrieval.domain;
