package dev.panacea.tools;

import dev.panacea.nn.ConfigException;
import dev.panacea.tensor.Backends;
import java.util.List;
import picocli.CommandLine.Option;

/** Where a command computes, and how exactly. */
public final class DeviceOptions {
    /** What the backend reads when it is opened. */
    private static final String PRECISION = "panacea.cuda.precision";
    private static final List<String> PRECISIONS = List.of("f32", "tf32", "bf16");

    @Option(names = "--device", defaultValue = "auto", paramLabel = "DEVICE",
            description = "auto, cpu, or a name such as cuda:0 (default: ${DEFAULT-VALUE}).")
    private String device;

    @Option(names = "--precision", paramLabel = "P",
            description = "How a card rounds the factors of matrix products: f32, tf32 or bf16 (default: f32).")
    private String precision;

    /** What picocli fills in. */
    public DeviceOptions() {}

    /**
     * Makes the chosen device the current one.
     *
     * @throws ConfigException if the device cannot compute in that precision
     */
    public Backends.Choice use() {
        if (precision != null) {
            if (!PRECISIONS.contains(precision)) {
                throw new ConfigException("--precision " + precision + ": unknown (need f32, tf32 or bf16)");
            }
            System.setProperty(PRECISION, precision);
        }
        Backends.Choice choice = Backends.choose(device);
        if (precision != null && !precision.equals("f32") && choice.backend() == Backends.cpu()) {
            throw new ConfigException("--precision " + precision + ": the cpu computes in f32 (leave it out); "
                    + choice.line());
        }
        Backends.use(choice);
        return choice;
    }
}
