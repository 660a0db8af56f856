package org.recollect.notebook.render;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.recollect.lab.Finding;
import org.recollect.lab.Ruling;
import org.recollect.lab.Verdict;
import tech.tablesaw.api.Table;

/// A verdict: each claim beside the paper's figure, what was measured, and the ruling.
final class VerdictRenderer {
  private VerdictRenderer() {}

  static MimeBundle render(Verdict verdict) {
    Table table = verdict.table();
    List<List<String>> rows =
        IntStream.range(0, table.rowCount())
            .mapToObj(row -> table.columns().stream().map(c -> c.getString(row)).toList())
            .toList();
    var marks = verdict.findings().stream().map(finding -> mark(finding.ruling())).toList();
    var left = table.columns().stream().map(column -> false).toList();
    var grid = new Grid(verdict.title(), table.columnNames(), left, rows, marks, "");
    return MimeBundle.text(verdict.toString()).html(grid.html()).verdict(json(verdict));
  }

  private static String mark(Ruling ruling) {
    return "recollect-" + ruling.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private static String json(Verdict verdict) {
    var claims = new JsonArray();
    for (Finding finding : verdict.findings()) {
      var claim = new JsonObject();
      claim.addProperty("claim", finding.claim().id());
      claim.addProperty("outcome", finding.ruling().toString());
      claims.add(claim);
    }
    var json = new JsonObject();
    json.addProperty("paper", verdict.paper().shortName());
    json.addProperty("scale", verdict.setup().scale().toString());
    json.add("claims", claims);
    return json.toString();
  }
}
