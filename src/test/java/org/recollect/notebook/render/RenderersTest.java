package org.recollect.notebook.render;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.recollect.kernel.Kernels.Implementation.REFERENCE;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import com.google.gson.JsonParser;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.recollect.data.Example;
import org.recollect.data.Scenario;
import org.recollect.data.Task;
import org.recollect.data.TaskStream;
import org.recollect.kernel.KernelReport;
import org.recollect.kernel.KeyValueFormat;
import org.recollect.lab.Agreement;
import org.recollect.lab.Finding;
import org.recollect.lab.Identity;
import org.recollect.lab.Ledger;
import org.recollect.lab.Measure;
import org.recollect.lab.Results;
import org.recollect.lab.Roofline;
import org.recollect.lab.Row;
import org.recollect.lab.Ruling;
import org.recollect.lab.Sample;
import org.recollect.lab.Scale;
import org.recollect.lab.Settings;
import org.recollect.lab.Setup;
import org.recollect.lab.Verdict;
import org.recollect.papers.Papers;
import org.recollect.tensor.Torch;
import tech.tablesaw.api.DoubleColumn;
import tech.tablesaw.api.IntColumn;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;

class RenderersTest {
  private static NDManager manager;

  @BeforeAll
  static void open() {
    manager = Torch.manager();
  }

  @AfterAll
  static void close() {
    manager.close();
  }

  record Trial(String arm, double bits, Optional<String> error, float[] spread) {}

  @TestFactory
  Stream<DynamicTest> bothKernelsOfTheFieldShowTheSame() {
    var jjava = new org.dflib.jjava.jupyter.kernel.display.Renderer();
    JJava.register(jjava);
    var ijava = new io.github.spencerpark.jupyter.kernel.display.Renderer();
    IJava.register(ijava);
    return samples()
        .map(value ->
            DynamicTest.dynamicTest(
                value.getClass().getSimpleName(),
                () -> {
                  MimeBundle ours = ours(value);
                  assertTrue(ours.data().size() > 1, "more than text: " + ours.data().keySet());
                  assertFalse(ours.data().get(MimeBundle.TEXT).isBlank());
                  var first = jjava.render(value);
                  var second = ijava.render(value);
                  for (String type : Renderers.TYPES) {
                    String content = ours.data().get(type);
                    Object expected = content == null ? null : MimeBundle.message(type, content);
                    assertEquals(
                        expected,
                        first.getData(
                            org.dflib.jjava.jupyter.kernel.display.mime.MIMEType.parse(type)));
                    assertEquals(
                        expected,
                        second.getData(
                            io.github.spencerpark.jupyter.kernel.display.mime.MIMEType.parse(
                                type)));
                  }
                }));
  }

  private static Stream<Object> samples() {
    return Stream.of(
        table(3),
        chart("one"),
        manager.arange(6f).reshape(2, 3),
        new Trial("int8", 8.25, Optional.empty(), new float[] {1, 2}),
        new BufferedImage(3, 2, BufferedImage.TYPE_INT_RGB),
        Papers.ROTATE_KV,
        Ledger.NONE,
        stream(),
        results(),
        verdict(Ruling.SUPPORTED),
        new Agreement(3, List.of(new Agreement.Row(KeyValueFormat.INT8, REFERENCE, 1e-7, 2e-7))),
        new Roofline(4096, 10, 50, 160, List.of()),
        report(),
        new Markdown("**bold**"),
        new Latex("a^2"));
  }

  private static TaskStream stream() {
    var question = new Example.Question("1 < 2 =", " yes");
    var task = new Task("less", List.of(question), List.of(question));
    return TaskStream.of("signs", Scenario.DOMAIN_INCREMENTAL, List.of(task));
  }

  @Test
  void streamsShowAnExampleOfEachTask() {
    String html = ours(stream()).data().get(MimeBundle.HTML);
    assertTrue(html.contains("less") && html.contains("1 &lt; 2 = → yes"), html);
  }

  private static KernelReport report() {
    var row = new KernelReport.Row("search", REFERENCE, "a < b");
    return new KernelReport("reference, as Kernels.use says", List.of(row));
  }

  @Test
  void aKernelReportIsATableUnderItsReason() {
    var bundle = ours(report());
    assertEquals(report().toString(), bundle.data().get(MimeBundle.TEXT));
    String html = bundle.data().get(MimeBundle.HTML);
    assertTrue(html.contains("<figcaption>reference, as Kernels.use says</figcaption>"), html);
    assertTrue(html.contains("<td>search</td><td>reference</td><td>a &lt; b</td>"), html);
  }

  private static MimeBundle ours(Object value) {
    return Renderers.all().stream()
        .filter(renderer -> renderer.type().isInstance(value))
        .findFirst()
        .orElseThrow()
        .render(value);
  }

  private static Table table(int rows) {
    return Table.create("budgets")
        .addColumns(
            StringColumn.create("arm", IntStream.range(0, rows).mapToObj(i -> "<arm " + i + ">")),
            IntColumn.create("tokens", IntStream.range(0, rows).toArray()),
            DoubleColumn.create("ppl", IntStream.range(0, rows).mapToDouble(i -> i / 3.0)));
  }

  private static XYChart chart(String title) {
    var chart = new XYChartBuilder().width(320).height(200).title(title).xAxisTitle("bits").build();
    chart.getStyler().setBaseFont(new java.awt.Font("DejaVu Sans", java.awt.Font.PLAIN, 11));
    chart.addSeries("full", new double[] {1, 2}, new double[] {3, 4});
    chart.addSeries("int8", new double[] {1, 2}, new double[] {2, 5});
    return chart;
  }

  private static Setup setup() {
    return new Setup(
        "KvStudy",
        new Identity("miniJava", "a"),
        new Identity("java.util", "b"),
        Scale.LAPTOP,
        2,
        List.of(Measure.lower("loss", "nats")));
  }

  private static Results results() {
    var rows = new ArrayList<Row>();
    for (int seed = 1; seed <= 2; seed++) {
      var samples =
          new LinkedHashMap<String, Sample>(
              Map.of("loss", new Sample(1.5 + seed / 10.0, List.of())));
      rows.add(
          new Row(
              "",
              "int8",
              "int8",
              Settings.NONE,
              seed,
              samples,
              Ledger.NONE,
              Optional.empty(),
              Set.of()));
    }
    return new Results(setup(), rows);
  }

  private static Verdict verdict(Ruling ruling) {
    var findings =
        Papers.ROTATE_KV.claims().stream()
            .map(claim -> new Finding(claim, ruling, "0.1 < 0.2", Optional.empty(), 3))
            .toList();
    return new Verdict(Papers.ROTATE_KV, setup(), Settings.NONE, findings);
  }

  @Test
  void verdictTellsEachRulingToReadersAndToPrograms() {
    for (Ruling ruling : Ruling.values()) {
      var data = ours(verdict(ruling)).data();
      assertTrue(data.get(MimeBundle.HTML).contains("<td>" + ruling + "</td>"));
      assertTrue(data.get(MimeBundle.TEXT).contains(ruling + ": "));
      var json = JsonParser.parseString(data.get(MimeBundle.VERDICT)).getAsJsonObject();
      assertEquals("RotateKV", json.get("paper").getAsString());
      assertEquals("laptop", json.get("scale").getAsString());
      assertEquals(Papers.ROTATE_KV.claims().size(), json.getAsJsonArray("claims").size());
      var first = json.getAsJsonArray("claims").get(0).getAsJsonObject();
      assertEquals(ruling.toString(), first.get("outcome").getAsString());
    }
  }

  @Test
  void resultsShowTheirTable() {
    var text = ours(results()).data().get(MimeBundle.TEXT);
    assertTrue(text.contains("KvStudy of miniJava on java.util"), text);
    assertTrue(text.contains("int8"), text);
  }

  @Test
  void textThatIsANumberIsAlignedAsOne() {
    var table =
        Table.create(
            StringColumn.create("spread", "1.25 \u00b1 0.03", "12 \u00b1 1", "\u2013"),
            StringColumn.create("arm", "int8", "4 bits", "full"));
    String html = ours(table).data().get(MimeBundle.HTML);
    assertTrue(html.contains("<th class=\"number\">spread</th><th>arm</th>"), html);
  }

  @Test
  void tableShowsThirtyRowsAndCountsTheRest() {
    var bundle = ours(table(35));
    String html = bundle.data().get(MimeBundle.HTML);
    assertEquals(30, count(html, "<td>&lt;arm "));
    assertTrue(html.contains("5 more rows of 35 in all"));
    String text = bundle.data().get(MimeBundle.TEXT);
    assertEquals(1 + 1 + 30 + 1, text.lines().count(), "caption, headers, rows, count");
    assertFalse(ours(table(30)).data().get(MimeBundle.TEXT).contains("more rows"));
    assertTrue(ours(table(0)).data().get(MimeBundle.TEXT).contains("tokens"));
  }

  @Test
  void numbersAreRightAlignedAndRounded() {
    var bundle = ours(table(12));
    String html = bundle.data().get(MimeBundle.HTML);
    assertTrue(html.contains("<td class=\"number\">0.33333</td>"), html);
    assertTrue(html.contains("<th class=\"number\">tokens</th>"), html);
    assertTrue(html.contains("<th>arm</th>"), html);
    List<String> lines = bundle.data().get(MimeBundle.TEXT).lines().skip(1).toList();
    assertEquals(1, lines.stream().mapToInt(String::length).distinct().count(), "" + lines);
  }

  @Test
  void missingNumbersAreBlankAndFormatsOfTheColumnStay() {
    var column = DoubleColumn.create("x", 0.5, Double.NaN);
    assertTrue(ours(Table.create(column)).data().get(MimeBundle.HTML).contains("number\"></td>"));
    column.setPrintFormatter(new java.text.DecimalFormat("0.000"), "none");
    assertTrue(ours(Table.create(column)).data().get(MimeBundle.HTML).contains(">0.500</td>"));
  }

  @Test
  void numbersKeepFiveDigits() {
    double[] values = {0, 64, -3, 1 / 3.0, 12345.67, 1e-4, 1.5e-7, 1234567, Double.NaN};
    assertEquals(
        List.of("0", "64", "-3", "0.33333", "12346", "0.0001", "1.5e-07", "1234567", "NaN"),
        Arrays.stream(values).mapToObj(Numbers::show).toList());
    var random = new Random(7);
    for (int i = 0; i < 1000; i++) {
      double value = random.nextGaussian() * Math.pow(10, random.nextInt(-12, 12));
      double back = Double.parseDouble(Numbers.show(value));
      assertEquals(value, back, Math.abs(value) * 0.5e-4, "seed 7, " + value);
    }
  }

  @Test
  void chartsInOnePageDoNotShareIdentifiers() throws Exception {
    var ids = new ArrayList<String>();
    for (String title : List.of("one", "two")) {
      String svg = ours(chart(title)).data().get(MimeBundle.SVG);
      var document =
          DocumentBuilderFactory.newInstance()
              .newDocumentBuilder()
              .parse(new ByteArrayInputStream(svg.getBytes(StandardCharsets.UTF_8)));
      assertEquals("svg", document.getDocumentElement().getTagName());
      assertEquals("0 0 320 200", document.getDocumentElement().getAttribute("viewBox"));
      assertEquals(List.of(), matches(svg, "(\\.\\d{3,})"), "decimals that nobody sees");
      var own = matches(svg, "\\bid=\"([^\"]+)\"");
      assertTrue(own.containsAll(matches(svg, "url\\(#([^)]+)\\)")), "every reference resolves");
      ids.addAll(own);
    }
    assertEquals(ids.size(), ids.stream().distinct().count(), "" + ids);
  }

  @Test
  void chartIsAlsoAPictureAndASentence() throws IOException {
    var data = ours(chart("loss")).data();
    var png =
        ImageIO.read(new ByteArrayInputStream(Base64.getDecoder().decode(data.get("image/png"))));
    assertEquals(320, png.getWidth());
    assertEquals("Chart \"loss\", 320 x 200: full, int8", data.get(MimeBundle.TEXT));
  }

  @Test
  void arrayShowsShapeTypeAndCorner() {
    var random = new Random(11);
    for (int trial = 0; trial < 20; trial++) {
      long[] shape = random.longs(random.nextInt(1, 5), 1, 9).toArray();
      var context = "seed 11, trial " + trial + ", shape " + Arrays.toString(shape);
      try (var array = manager.arange((float) new Shape(shape).size()).reshape(new Shape(shape))) {
        String text = ours(array).data().get(MimeBundle.TEXT);
        assertTrue(text.startsWith("NDArray [" + shape[0] + "]"), context);
        int last = shape.length - 1;
        long rows = last == 0 ? 1 : Math.min(6, shape[last - 1]);
        long columns = Math.min(6, shape[last]);
        long lastShown = (rows - 1) * shape[last] + columns - 1;
        List<String> lines = text.lines().toList();
        assertTrue(lines.get((int) rows).endsWith("" + lastShown), context + "\n" + text);
      }
    }
  }

  @Test
  void oddArraysAreShownToo() {
    assertTrue(text(manager.create(2.5f)).contains("scalar float32"));
    assertTrue(text(manager.create(2.5f)).contains("2.5"));
    assertEquals("NDArray [0][3] float32", text(manager.create(new Shape(0, 3))));
    assertTrue(text(manager.zeros(new Shape(2), DataType.BOOLEAN)).contains("boolean"));
    assertTrue(text(manager.ones(new Shape(2), DataType.FLOAT16)).contains("1  1"));
    var closed = manager.zeros(new Shape(2));
    closed.close();
    assertTrue(text(closed).contains("closed"));
  }

  private static String text(Object value) {
    return ours(value).data().get(MimeBundle.TEXT);
  }

  @Test
  void recordShowsItsComponents() {
    String html =
        ours(new Trial("<b>", 1 / 3.0, Optional.empty(), new float[] {1, 2}))
            .data()
            .get(MimeBundle.HTML);
    assertTrue(html.contains("<td>arm</td><td>&lt;b&gt;</td>"), html);
    assertTrue(html.contains("<td>0.33333</td>"), html);
    assertTrue(html.contains("<td>none</td>"), html);
    assertTrue(html.contains("float[2] {1, 2}"), html);
  }

  @Test
  void javaArraysShowTheirElements() {
    assertEquals("float[2][] {{1, 0.5}, {}}", javaArray(new float[][] {{1, .5f}, {}}));
    assertEquals("String[2] {a, null}", javaArray(new String[] {"a", null}));
    assertTrue(javaArray(new int[1000]).endsWith("... 900 more}"));
  }

  private static String javaArray(Object array) {
    return Renderers.javaArray(array).data().get(MimeBundle.TEXT);
  }

  private static int count(String text, String part) {
    return text.split(Pattern.quote(part), -1).length - 1;
  }

  private static List<String> matches(String text, String pattern) {
    return Pattern.compile(pattern).matcher(text).results().map(m -> m.group(1)).toList();
  }
}
