package dev.panacea.tools;

import com.sun.management.OperatingSystemMXBean;
import dev.panacea.tensor.Backends;
import dev.panacea.tensor.HostFacts;
import dev.panacea.tensor.op.Op;
import dev.panacea.tensor.op.Ops;
import dev.panacea.tensor.op.ViewOp;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code panacea doctor}: what this machine offers, what was made of it, and whether the kernels compute rightly. */
@Command(name = "doctor", mixinStandardHelpOptions = true,
        description = "Say what this machine offers and test the kernels on it.")
final class Doctor implements Callable<Integer> {
    private static final double TEST_SECONDS = 1.5;

    @Spec
    private CommandSpec spec;

    @Mixin
    private DeviceOptions device;

    /** Prints the report; exit code 1 where a kernel and its reference disagree. */
    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        Backends.Choice choice = device.use();
        row(out, "java", Runtime.version() + ", " + System.getProperty("java.vendor") + ", "
                + System.getProperty("java.home"));
        HostFacts host = HostFacts.now();
        row(out, "threads", host.threads() + " for kernels, of " + host.processors() + " processors");
        row(out, "vectors", vectors(host));
        row(out, "memory", memory());
        row(out, "backend", choice.line());
        row(out, "kernels", kernels(choice));
        String attention = choice.backend().facts().get("attention");
        if (attention != null) {
            row(out, "attention", attention);
        }
        out.flush();
        SelfTest test = SelfTest.run(TEST_SECONDS);
        row(out, "self-test", "%d samples of %d ops, %d differ from the reference, %.1f s%s".formatted(test.samples(),
                Ops.all().size(), test.disagreements().size(), test.seconds(),
                test.left() == 0 ? "" : " (" + test.left() + " more run in './panacea test')"));
        test.disagreements().forEach(line -> row(out, "", line));
        out.flush();
        return test.disagreements().isEmpty() ? 0 : 1;
    }

    private static String vectors(HostFacts host) {
        String bits = host.vectorBits() + " bits, " + host.vectorBits() / Float.SIZE + " floats at once";
        return bits + (host.vectorBits() == host.widestBits() ? ", the widest that the JVM uses here"
                : ", forced by -Dpanacea.vector (the widest here is " + host.widestBits() + ")");
    }

    private static String memory() {
        OperatingSystemMXBean system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        return "%s, %s free; heap up to %s (tensors lie outside the heap)".formatted(
                gibibytes(system.getTotalMemorySize()), gibibytes(system.getFreeMemorySize()),
                gibibytes(Runtime.getRuntime().maxMemory()));
    }

    private static String kernels(Backends.Choice choice) {
        List<Op> computing = Ops.all().stream().filter(op -> !(op instanceof ViewOp)).toList();
        List<String> slow = computing.stream().filter(op -> choice.backend().kernel(op) == null).map(Op::name)
                .toList();
        return "%d of %d ops that compute have one, %d more are views%s".formatted(computing.size() - slow.size(),
                computing.size(), Ops.all().size() - computing.size(),
                slow.isEmpty() ? "" : "; by slow reference code: " + String.join(", ", slow));
    }

    private static String gibibytes(long bytes) {
        return String.format(Locale.ROOT, "%.1f GiB", bytes / (double) (1 << 30));
    }

    private static void row(PrintWriter out, String what, String text) {
        out.printf("%-10s %s%n", what, text);
    }
}
