package dev.panacea.tensor;

import java.util.ArrayList;
import java.util.List;

/**
 * Owns the tensors made by its thread while it is the innermost open scope, and frees them when it closes.
 *
 * <pre>{@code
 * try (MemoryScope scope = MemoryScope.open("block")) {
 *     Tensor hidden = x.linear(w1, b1).gelu();
 *     return scope.keep(hidden.linear(w2, b2));   // the result moves to the enclosing scope, hidden is freed
 * }
 * }</pre>
 *
 * <p>Scopes nest. What a tape has saved for backward stays alive until backward has passed it, whatever scopes close.
 * Outside any scope tensors are left to the garbage collector: handy in a console, wasteful in a loop.
 */
public final class MemoryScope implements AutoCloseable {
    private static final ThreadLocal<MemoryScope> CURRENT = new ThreadLocal<>();

    private final String name;
    private final MemoryScope parent;
    private final Thread owner = Thread.currentThread();
    private final List<Storage> owned = new ArrayList<>();
    private boolean closed;

    private MemoryScope(String name, MemoryScope parent) {
        this.name = name;
        this.parent = parent;
    }

    /** Opens a scope inside the current one. The name appears in the error of whoever uses a freed tensor. */
    public static MemoryScope open(String name) {
        MemoryScope scope = new MemoryScope(name, CURRENT.get());
        CURRENT.set(scope);
        return scope;
    }

    /** The innermost open scope of this thread, or null. */
    static MemoryScope current() {
        return CURRENT.get();
    }

    /**
     * Lets a tensor outlive this scope: the enclosing scope owns it as well, or the garbage collector where there is
     * none. Returns the same tensor.
     *
     * @throws FreedTensorException if the tensor is freed already
     */
    public Tensor keep(Tensor tensor) {
        Storage storage = tensor.storage();
        storage.retain();
        if (parent == null) {
            storage.leaveToCollector();
        } else {
            parent.own(storage);
        }
        return tensor;
    }

    /**
     * Hands an ownership taken by {@link Tensor#retain} to the current scope, or to the garbage collector where none is
     * open. Returns the same tensor.
     *
     * @throws FreedTensorException if the tensor is freed already
     */
    public static Tensor adopt(Tensor tensor) {
        MemoryScope scope = CURRENT.get();
        if (scope == null) {
            tensor.storage().leaveToCollector();
        } else {
            scope.own(tensor.storage());
        }
        return tensor;
    }

    void own(Storage storage) {
        owned.add(storage);
    }

    /**
     * Frees what this scope alone owns. Closing twice does nothing.
     *
     * @throws IllegalStateException if a scope opened inside is still open, or another thread closes it
     */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        if (CURRENT.get() != this) {
            throw new IllegalStateException("scope " + name + ": not the innermost scope of thread "
                    + Thread.currentThread().getName() + ": opened by " + owner.getName()
                    + " (close scopes in the reverse order of opening, with try)");
        }
        closed = true;
        CURRENT.set(parent);
        String by = "scope '" + name + "'";
        for (int i = owned.size() - 1; i >= 0; i--) {
            Storage storage = owned.get(i);
            if (!storage.isFreed()) {
                storage.release(by);
            }
        }
    }
}
