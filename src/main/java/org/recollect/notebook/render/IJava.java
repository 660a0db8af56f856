package org.recollect.notebook.render;

import io.github.spencerpark.jupyter.kernel.BaseKernel;
import io.github.spencerpark.jupyter.kernel.display.DisplayData;
import io.github.spencerpark.jupyter.kernel.display.Renderer;
import io.github.spencerpark.jupyter.kernel.display.mime.MIMEType;
import org.recollect.lab.Progress;

/// Brings the renderers to a stock IJava kernel, by one line in a cell or in its start-up script:
///
/// ```java
/// org.recollect.notebook.render.IJava.install(
///     io.github.spencerpark.ijava.IJava.getKernelInstance());
/// ```
public final class IJava {
  private IJava() {}

  /// Registers every renderer, and shows displays and the progress of studies through the kernel.
  public static void install(BaseKernel kernel) {
    register(kernel.getRenderer());
    Display.showIn(new Front(kernel));
    Progress.showIn(new LiveProgress());
  }

  /// Registers every renderer with the library's registry.
  public static void register(Renderer registry) {
    Renderers.all().forEach(renderer -> register(registry, renderer));
  }

  private static <T> void register(
      Renderer registry, org.recollect.notebook.render.Renderer<T> renderer) {
    registry
        .createRegistration(renderer.type())
        .preferring(Renderers.TYPES)
        .register((value, context) ->
            renderer
                .render(value)
                .data()
                .forEach((type, content) ->
                    context.renderIfRequested(
                        MIMEType.parse(type), () -> MimeBundle.message(type, content))));
  }

  private record Front(BaseKernel kernel) implements Display.Front {
    @Override
    public void show(String id, Object value) {
      kernel.display(data(id, value));
    }

    @Override
    public void update(String id, Object value) {
      kernel.getIO().display.updateDisplay(data(id, value));
    }

    private DisplayData data(String id, Object value) {
      DisplayData data = kernel.getRenderer().render(value);
      data.setDisplayId(id);
      return data;
    }
  }
}
