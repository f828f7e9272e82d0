package dev.panacea.peer;

import dev.panacea.tensor.cpu.ParallelRows;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.ToDoubleFunction;

/** Whole models against PyTorch: forward alone, and forward with backward, in turns in this process. */
final class ModelsPeer {
    /** Where the prepared models lie. */
    static final Path WORK = Path.of(System.getProperty("peer.work"));

    private static final List<String> MODELS =
            List.of("vit_b32_448", "swin_t_224_w7", "swin_b_448_w7", "swin_b_448_w14");
    private static final Set<String> SWIN_GRADIENTS = Set.of("patch_embed.proj.weight",
            "layers.0.blocks.0.attn.qkv.bias", "layers.0.blocks.1.attn.relative_position_bias_table",
            "layers.1.downsample.reduction.weight", "layers.2.blocks.3.attn.qkv.weight",
            "layers.3.blocks.1.mlp.fc2.bias", "norm.weight");
    private static final Set<String> VIT_GRADIENTS = Set.of("patch_embed.proj.weight", "cls_token", "pos_embed",
            "blocks.0.attn.qkv.weight", "blocks.5.norm2.weight", "blocks.11.mlp.fc2.bias", "norm.weight");
    private static final double ALLOWED_ERROR = 1e-4;          // of an output's largest value
    private static final double ALLOWED_GRADIENT_ERROR = 1e-3; // of a gradient's largest value
    private static final double WARM_SECONDS = 12;
    private static final int PAUSE_MILLIS = 50; // a side's threads turn idly for a moment after their work

    private final Options options;
    private final Report report;
    private boolean agree = true;

    private ModelsPeer(Options options) {
        this.options = options;
        report = new Report(options, "models against PyTorch " + PyTorchWorkload.start(options.threads));
    }

    public static void main(String[] arguments) throws InterruptedException {
        Options options = Options.of(arguments, 9);
        ParallelRows.threads(options.threads);
        ModelsPeer peer = new ModelsPeer(options);
        peer.report.say("%-34s %9s %9s %7s %9s %9s %9s%n", "model", "seconds", "PyTorch", "ratio", "error", "MiB",
                "PyTorch");
        for (String name : MODELS) {
            if (name.contains(options.only)) {
                peer.compare(name);
            }
        }
        if (!peer.agree) {
            System.err.println("peer: results differ by more than allowed (see the errors above)");
            System.exit(1);
        }
    }

    private void compare(String name) throws InterruptedException {
        Set<String> watched = name.startsWith("swin") ? SWIN_GRADIENTS : VIT_GRADIENTS;
        try (Workload ours = new PanaceaWorkload(name, WORK.resolve(name + ".safetensors"), watched)) {
            try (Workload theirs = new PyTorchWorkload(name, WORK, false)) {
                double error = error(ours.forward(), theirs.forward());
                line(name + " forward", inTurns(ours, theirs, Workload::forwardSeconds), error, ALLOWED_ERROR);
            }
            double[] seconds;
            double error = 0;
            try (Workload theirs = new PyTorchWorkload(name, WORK, true)) {
                seconds = inTurns(ours, theirs, Workload::forwardBackward);
                for (String parameter : watched) {
                    error = Math.max(error, error(ours.gradient(parameter), theirs.gradient(parameter)));
                }
            }
            long mine = PeakMemory.of("panacea", name, options.threads);
            long peer = PeakMemory.of("pytorch", name, options.threads);
            line(name + " forward and backward", seconds, error, ALLOWED_GRADIENT_ERROR, mine, peer);
        }
    }

    /** Medians of our seconds and of theirs. */
    private double[] inTurns(Workload ours, Workload theirs, ToDoubleFunction<Workload> work)
            throws InterruptedException {
        warm(ours, work);
        warm(theirs, work);
        List<Double> mine = new ArrayList<>();
        List<Double> peer = new ArrayList<>();
        for (int turn = 0; turn < options.repeats; turn++) {
            Thread.sleep(PAUSE_MILLIS);
            mine.add(work.applyAsDouble(ours));
            Thread.sleep(PAUSE_MILLIS);
            peer.add(work.applyAsDouble(theirs));
        }
        return new double[] {Report.median(mine), Report.median(peer)};
    }

    /** Three runs at least: PyTorch looks at two before it optimises a graph; and the JVM wants its time. */
    private static void warm(Workload side, ToDoubleFunction<Workload> work) {
        double seconds = 0;
        for (int run = 0; run < 3 || seconds < WARM_SECONDS; run++) {
            seconds += work.applyAsDouble(side);
        }
    }

    private void line(String name, double[] seconds, double error, double allowed, long... peaks) {
        double ratio = seconds[1] / seconds[0];
        agree &= error <= allowed; // false for a NaN too
        String memory = peaks.length == 0 ? "" : String.format(" %9d %9d", peaks[0] >> 20, peaks[1] >> 20);
        report.say("%-34s %9.3f %9.3f %7.3f %9.1e%s%n", name, seconds[0], seconds[1], ratio, error, memory);
        List<Object> fields = new ArrayList<>(List.of("name", name, "seconds", seconds[0], "peerSeconds", seconds[1],
                "ratio", ratio, "error", error));
        if (peaks.length > 0) {
            fields.addAll(List.of("peakBytes", peaks[0], "peerPeakBytes", peaks[1]));
        }
        report.json(fields.toArray());
    }

    /** The largest difference as a part of the largest value. */
    private static double error(float[] ours, float[] theirs) {
        if (ours.length != theirs.length) {
            throw new IllegalStateException("peer: sizes differ: " + ours.length + ", " + theirs.length);
        }
        double difference = 0;
        double largest = 0;
        for (int i = 0; i < ours.length; i++) {
            difference = Math.max(difference, Math.abs(ours[i] - theirs[i]));
            largest = Math.max(largest, Math.abs(theirs[i]));
        }
        return difference / largest;
    }
}
