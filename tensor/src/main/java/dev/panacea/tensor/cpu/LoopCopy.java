package dev.panacea.tensor.cpu;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.function.Supplier;

/**
 * Copies of a loop class, one for each function. With one class for all, the call of the function inside the loop would
 * see many targets, would not be inlined, and every vector would be boxed: 25 µs for 16,384 floats, not 1.5. A copy is
 * a hidden class of the same bytes whose function is a constant to the compiler.
 */
final class LoopCopy {
    private static final MethodHandles.Lookup LOOKUP = MethodHandles.lookup();
    private static final ThreadLocal<VectorFunction> DEFINING = new ThreadLocal<>();

    private LoopCopy() {}

    /** Makes tasks of a fresh copy of a loop class around one function. */
    static Supplier<ElementwiseTask> of(Class<? extends ElementwiseTask> loop, VectorFunction function) {
        String file = loop.getSimpleName() + ".class";
        try (InputStream in = loop.getResourceAsStream(file)) {
            DEFINING.set(function);
            MethodHandles.Lookup copy = LOOKUP.defineHiddenClass(in.readAllBytes(), true);
            MethodHandle make = copy.findConstructor(copy.lookupClass(), MethodType.methodType(void.class))
                    .asType(MethodType.methodType(ElementwiseTask.class));
            return () -> make(make);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        } catch (ReflectiveOperationException impossible) {
            throw new IllegalStateException(file, impossible);
        } finally {
            DEFINING.remove();
        }
    }

    /** A loop over one dense operand, for {@link ElementwiseTask#over}. */
    static ElementwiseTask unary(VectorFunction.Unary function) {
        return of(UnaryLoop.class, function).get();
    }

    /** A loop over two dense operands, for {@link ElementwiseTask#over}. */
    static ElementwiseTask binary(VectorFunction.Binary function) {
        return of(BinaryLoop.class, function).get();
    }

    /** The function of the copy that is being defined, for its static initialiser. */
    @SuppressWarnings("unchecked")
    static <F extends VectorFunction> F function() {
        return (F) DEFINING.get();
    }

    private static ElementwiseTask make(MethodHandle constructor) {
        try {
            return (ElementwiseTask) constructor.invokeExact();
        } catch (Throwable impossible) {
            throw new IllegalStateException("elementwise loop", impossible);
        }
    }
}
