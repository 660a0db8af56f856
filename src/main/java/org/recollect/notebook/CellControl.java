package org.recollect.notebook;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import jdk.jshell.execution.LocalExecutionControl;

/// Runs the compiled snippets of cells in this JVM, all on one thread of our own.
///
/// The JDK's control weaves stop checks into the code, so that an interrupt ends even
/// `while(true){}`, and starts a thread for each snippet. That thread only relays here: one lasting
/// cell thread keeps thread-local state (DJL's gradient mode) from cell to cell, and threads that a
/// cell leaves behind do not hold the next one up. The relay also keeps the value as an object,
/// where JShell would turn it into a string.
final class CellControl extends LocalExecutionControl {
  private static final InheritableThreadLocal<CellControl> CURRENT = new InheritableThreadLocal<>();
  private static final Method RELAY = relayMethod();

  private final ExecutorService worker;
  private volatile Thread cellThread;
  private volatile boolean interrupted;
  private volatile Method pending;
  private volatile Object value;

  CellControl() {
    worker =
        Executors.newSingleThreadExecutor(task -> {
          var thread = new Thread(task, "cells");
          thread.setDaemon(true);
          cellThread = thread;
          return thread;
        });
  }

  /// Runs a task on the thread of the cells, before any cell that comes later.
  void onCellThread(Runnable task) {
    worker.execute(task);
  }

  /// Forgets an earlier interrupt: a new cell begins.
  void begin() {
    interrupted = false;
  }

  /// Asks the running snippet to stop, and those that follow it in the cell not to start.
  void interrupt() throws EngineTerminationException, InternalException {
    interrupted = true;
    stop();
  }

  boolean isInterrupted() {
    return interrupted;
  }

  /// The value of the snippet that ran last, which is then forgotten.
  Object takeValue() {
    Object taken = value;
    value = null;
    return taken;
  }

  @Override
  public void load(ClassBytecodes[] classes)
      throws ClassInstallException, NotImplementedException, EngineTerminationException {
    super.load(
        Stream.of(classes)
            .map(c -> new ClassBytecodes(c.name(), Exit.weave(c.bytecodes())))
            .toArray(ClassBytecodes[]::new));
  }

  @Override
  protected String invoke(Method snippet) throws Exception {
    pending = snippet;
    CURRENT.set(this);
    return super.invoke(RELAY);
  }

  /// Called by the JDK's control, in the thread that it starts for a snippet.
  public static Object relay() throws Throwable {
    CURRENT.get().runPending();
    return null;
  }

  private void runPending() throws Throwable {
    Future<Object> running = worker.submit(() -> interrupted ? null : pending.invoke(null));
    while (true) {
      try {
        value = running.get();
        return;
      } catch (InterruptedException e) {
        cellThread.interrupt();
      } catch (ExecutionException e) {
        throw e.getCause() instanceof InvocationTargetException thrown
            ? thrown.getCause()
            : e.getCause();
      }
    }
  }

  @Override
  public void close() {
    worker.shutdownNow();
    super.close();
  }

  private static Method relayMethod() {
    try {
      Method relay = CellControl.class.getMethod("relay");
      relay.setAccessible(true);
      return relay;
    } catch (NoSuchMethodException e) {
      throw new ExceptionInInitializerError(e);
    }
  }
}
