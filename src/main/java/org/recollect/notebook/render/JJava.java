package org.recollect.notebook.render;

import org.dflib.jjava.jupyter.Extension;
import org.dflib.jjava.jupyter.kernel.BaseKernel;
import org.dflib.jjava.jupyter.kernel.display.DisplayData;
import org.dflib.jjava.jupyter.kernel.display.Renderer;
import org.dflib.jjava.jupyter.kernel.display.mime.MIMEType;
import org.recollect.lab.Progress;

/// Brings the renderers to JJava, which finds this class as a service, and to our own kernel, which
/// stands on the same library.
public final class JJava implements Extension {

  @Override
  public void install(BaseKernel kernel) {
    register(kernel.getRenderer());
    Display.showIn(new Front(kernel));
    Progress.showIn(new LiveProgress());
  }

  @Override
  public void uninstall(BaseKernel kernel) {
    Display.showIn(Display.CONSOLE);
    Progress.showIn(Progress.plainLines());
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
