package org.recollect.notebook.render;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class SmallerSvgTest {

  private static String line(String style, double... ends) {
    return "<line style=\"fill:none;%s\" x1=\"%s\" x2=\"%s\" y1=\"%s\" y2=\"%s\"/>\n  "
        .formatted(style, ends[0], ends[2], ends[1], ends[3]);
  }

  @Test
  void aCurveIsOnePolyline() {
    var curve = line("a", 0, 1, 2, 3) + line("a", 2, 3, 4, 5.123456);
    assertEquals(
        "<g><polyline points=\"0.0,1.0 2.0,3.0 4.0,5.12\" style=\"fill:none;a\"/>\n</g>",
        SmallerSvg.of("<g>" + curve + "</g>"));
  }

  @Test
  void linesApartOrOfAnotherStyleStayApart() {
    var lines =
        line("a", 0, 0, 1, 1)
            + line("a", 2, 2, 3, 3)
            + line("b", 3, 3, 4, 4)
            + "<g/>"
            + line("b", 4, 4, 5, 5);
    assertEquals(
        """
        <polyline points="0.0,0.0 1.0,1.0" style="fill:none;a"/>
        <polyline points="2.0,2.0 3.0,3.0" style="fill:none;a"/>
        <polyline points="3.0,3.0 4.0,4.0" style="fill:none;b"/>
        <g/><polyline points="4.0,4.0 5.0,5.0" style="fill:none;b"/>
        """,
        SmallerSvg.of(lines));
  }

  @Test
  void whatHasNoLinesStaysAsItIs() {
    assertEquals("<svg>12.34</svg>", SmallerSvg.of("<svg>12.34</svg>"));
  }
}
