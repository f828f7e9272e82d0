package dev.panacea.bindings.cuda;

/** One kernel of a text. Made once, as a constant; each device finds its compiled form by this object. */
public final class KernelFunction {
    private final KernelSource source;
    private final String name;

    KernelFunction(KernelSource source, String name) {
        this.source = source;
        this.name = name;
    }

    /** The text that holds it. */
    public KernelSource source() {
        return source;
    }

    /** Its name there, declared {@code extern "C"}. */
    public String name() {
        return name;
    }
}
