package org.recollect.papers;

import java.util.HashSet;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.stream.Collectors;

/// One paper of the catalogue.
///
/// @param number its place in the catalogue, from 1
/// @param id the name it goes by in code, file names and addresses, such as `rotate-kv`
/// @param title the full title
/// @param shortName what the field calls it
/// @param year when it first appeared
/// @param family the kind of study that it belongs to
/// @param seeds the reading lists that it came from, as three digits each
/// @param sheet the working note behind the entry
/// @param problem what is wrong without it, in one sentence of our own
/// @param idea what it does about that, in one sentence of our own
/// @param claims what it says, in the order in which a verdict lists them; at least one
/// @param notebook the experiment, relative to `notebooks/`; empty while there is none
public record Paper(
    int number,
    String id,
    String title,
    String shortName,
    int year,
    Family family,
    List<String> seeds,
    Sheet sheet,
    String problem,
    String idea,
    List<Claim> claims,
    Optional<String> notebook) {

  private static final int EARLIEST = 2015;
  private static final int LATEST = 2026;

  public Paper {
    Claim.requireId(id, "a paper's id");
    Claim.requireText(title, "the title of \"%s\"".formatted(id));
    Claim.requireText(shortName, "the short name of \"%s\"".formatted(id));
    Claim.requireText(problem, "the problem of \"%s\"".formatted(id));
    Claim.requireText(idea, "the idea of \"%s\"".formatted(id));
    require(number >= 1, id, "has the number %d; numbers start at 1".formatted(number));
    require(
        year >= EARLIEST && year <= LATEST,
        id,
        "has the year %d; expected %d to %d".formatted(year, EARLIEST, LATEST));
    require(!seeds.isEmpty(), id, "names no seed; name at least one");
    require(!claims.isEmpty(), id, "has no claim; a paper needs at least one");
    var ids = new HashSet<String>();
    for (Claim claim : claims) {
      require(ids.add(claim.id()), id, "has two claims \"%s\"; rename one".formatted(claim.id()));
    }
    String expected = family.folder() + "/" + id + ".ipynb";
    require(
        notebook.map(expected::equals).orElse(true),
        id,
        "names the notebook \"%s\"; expected \"%s\"".formatted(notebook.orElse(""), expected));
    seeds = List.copyOf(seeds);
    claims = List.copyOf(claims);
  }

  /// The claim with this id.
  ///
  /// @throws NoSuchElementException when the paper has none; the message lists those it has
  public Claim claim(String claimId) {
    return claims.stream()
        .filter(claim -> claim.id().equals(claimId))
        .findFirst()
        .orElseThrow(() ->
            new NoSuchElementException(
                "%s has no claim \"%s\"; it has %s."
                    .formatted(
                        shortName,
                        claimId,
                        claims.stream().map(Claim::id).collect(Collectors.joining(", ")))));
  }

  /// How to cite: title and year of the paper and, where the project has a notebook for it, a
  /// BibTeX entry for that notebook.
  public String cite() {
    return Citation.of(this);
  }

  private static void require(boolean holds, String id, String complaint) {
    if (!holds) {
      throw new IllegalArgumentException("The paper \"%s\" %s.".formatted(id, complaint));
    }
  }
}
