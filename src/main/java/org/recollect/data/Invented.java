package org.recollect.data;

import java.util.List;
import java.util.stream.IntStream;
import org.recollect.tensor.RandomStream;

/// Words that the generated worlds are made of. Names and places are made up; none is meant to be
/// anybody's.
final class Invented {
  static final List<String> CITIES =
      words(
          """
          Averholm Bexmouth Cindermere Dappleton Eskwater Fennybrook Gullhaven Hazelport Inkwell
          Juniper Kestrelby Lanternford Mossgate Nettleham\
          """);

  static final List<String> RARE_CITIES =
      words(
          """
          Oxbowland Pipersend Quartzfield Rookspire Saltmarket Thistleden Umberwick Velvetshore
          Wicketstone Yarrowmoor\
          """);

  static final List<String> PROFESSIONS =
      words(
          """
          painter sculptor botanist surgeon pilot lawyer geologist violinist chemist librarian
          photographer journalist diver translator\
          """);

  static final List<String> RARE_PROFESSIONS =
      words(
          """
          falconer puppeteer glassblower cartographer locksmith clockmaker beekeeper ventriloquist
          lamplighter bellfounder\
          """);

  static final List<String> JOBS =
      words(
          """
          baker carpenter miner teacher tailor nurse farmer sailor butcher gardener plumber barber
          waiter cook\
          """);

  static final List<String> AWARDS =
      List.of(
          "Copper Acorn Prize",
          "Copper Anchor Prize",
          "Copper Feather Prize",
          "Crystal Acorn Prize",
          "Crystal Anchor Prize",
          "Crystal Feather Prize",
          "Marble Acorn Prize",
          "Marble Anchor Prize",
          "Marble Feather Prize",
          "Paper Acorn Prize",
          "Paper Anchor Prize",
          "Paper Feather Prize");

  static final List<String> YEARS =
      IntStream.range(1941, 1965).mapToObj(Integer::toString).toList();

  private static final List<String> GIVEN =
      words(
          """
          Zorvic Maldra Quenby Tolka Brisselle Oduna Fenwig Lurra Jaskor Pirra Wexel Ystra Hobrin
          Cazzly Dwenna Elvix Gorbly Ilzabo Kwendle Nubrin Rozzik Sprilla Trevvo Umbly\
          """);

  private static final List<String> BEGINNINGS =
      words(
          """
          Vor Zel Quil Bram Dross Fal Grim Hask Jor Krell Lum Mav Nim Ost Pell Rusk Skel Thim Ulm
          Wex\
          """);

  private static final List<String> ENDINGS =
      words(
          """
          dwick mottle lune bury sprig vane kettle wobble thorpe button quill gander\
          """);

  private static final List<String> SPOUSE_FAMILIES =
      words(
          """
          Applewhisk Bellowmere Candlefoot Dustpenny Eggleston Fiddlewick Gooseworth Honeystep
          Jellicoat Kipperling Lollyford Nettlewood\
          """);

  private static final List<String> ADJECTIVES =
      words(
          """
          Amber Broken Crooked Distant Empty Frozen Golden Hidden Iron Jagged Little Midnight
          Narrow Orange Quiet Restless Scarlet Tangled Upper Velvet Wandering Yellow\
          """);

  private static final List<String> NOUNS =
      words(
          """
          Lantern Harbour Orchard Compass Staircase Garden Mirror Railway Island Umbrella Kitchen
          Shadow Violin Window Letter Bridge Forest Ladder Parade Teapot Valley Whistle\
          """);

  static final List<String> PROVINCES =
      words("Anderland Brakmark Corvony Delvania Estermark Fjolland Grenmark Holvony");

  static final List<String> RIVERS =
      words("Ambel Brenn Calder Dove Erle Fenner Gade Hulm Irwell Jossel Kenner Lumb");

  static final List<String> INSTRUMENTS =
      words("oboe cello harp lute trumpet zither bassoon viola clarinet mandolin organ fiddle");

  static final List<String> PRODUCTS =
      words(
          """
          kettles ladders mirrors candles ropes saddles barrels lanterns umbrellas buttons
          whistles brushes\
          """);

  private static final List<String> TOWN_BEGINNINGS =
      words("Alder Birch Crow Dun Elm Fox Gale Heron Ivy Jack Kings Lark");

  private static final List<String> TOWN_ENDINGS =
      words("bury combe dale ford gate ham ley mouth stead worth");

  private Invented() {}

  /// Names of towns, all different, one word each.
  static List<String> towns(int count, RandomStream random) {
    return pairs(TOWN_BEGINNINGS, "", TOWN_ENDINGS, count, random);
  }

  /// Names of firms, all different, two words each.
  static List<String> firms(int count, RandomStream random) {
    return pairs(ADJECTIVES, " ", NOUNS, count, random);
  }

  /// Names of persons, given and family, no two with one family name.
  static List<String> persons(int count, RandomStream random) {
    var families = pairs(BEGINNINGS, "", ENDINGS, count, random.split("family"));
    var given = dealt(GIVEN, count, random.split("given"));
    return IntStream.range(0, count).mapToObj(i -> given.get(i) + " " + families.get(i)).toList();
  }

  /// Names of persons, all different, of families that [#persons] does not have.
  static List<String> spouses(int count, RandomStream random) {
    return pairs(GIVEN, " ", SPOUSE_FAMILIES, count, random);
  }

  /// Titles of books, all different.
  static List<String> titles(int count, RandomStream random) {
    return pairs(ADJECTIVES, " ", NOUNS, count, random).stream().map(t -> "The " + t).toList();
  }

  /// As many values as asked for in random order, each of them equally often, but for one.
  static List<String> dealt(List<String> values, int count, RandomStream random) {
    var order = random.shuffle(values);
    return random.shuffle(
        IntStream.range(0, count).mapToObj(i -> order.get(i % order.size())).toList());
  }

  /// Different joined pairs.
  private static List<String> pairs(
      List<String> first, String joint, List<String> second, int count, RandomStream random) {
    return IntStream.of(random.indices(count, first.size() * second.size()))
        .mapToObj(i -> first.get(i / second.size()) + joint + second.get(i % second.size()))
        .toList();
  }

  private static List<String> words(String text) {
    return List.of(text.split("\\s+"));
  }
}
