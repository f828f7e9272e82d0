package dev.panacea.ace.train;

import dev.panacea.ace.crop.Correspondence;
import dev.panacea.ace.crop.CropPair;
import dev.panacea.ace.loss.GlobalLoss;
import dev.panacea.ace.loss.MatchingLoss;
import dev.panacea.ace.loss.MatchingTarget;
import dev.panacea.ace.loss.OverlapPool;
import dev.panacea.autograd.AutogradException;
import dev.panacea.autograd.Tape;
import dev.panacea.autograd.Variable;
import dev.panacea.nn.Parameter;
import dev.panacea.nn.Parameters;
import dev.panacea.nn.TrainingPass;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.TensorOps;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** From a batch to the loss: both networks, the three losses and their sum. */
final class Objective {
    /** What {@link Measured#numbers} holds. */
    static final int NUMBERS = 9;

    /** One of the three losses with how well it is met: NaN where there is no such number. */
    private record Part(Variable loss, Tensor accuracy, Tensor entropy) {
        static Part none() {
            return new Part(null, Tensor.scalar(Double.NaN), Tensor.scalar(Double.NaN));
        }

        Tensor value() {
            return loss == null ? Tensor.scalar(Double.NaN) : loss.value();
        }
    }

    /**
     * A loss and what is reported of it.
     *
     * @param loss Eq. 8
     * @param numbers [9]: loss, global, composition, decomposition, both accuracies, entropy, deviation, rank
     */
    record Measured(Variable loss, Tensor numbers) {}

    private final PretrainConfig config;
    private final Student student;
    private final Teacher teacher;
    private final StepWatch watch;
    private final Parameters buffers = Parameters.of(0);
    private final GlobalLoss globalLoss;
    private final MatchingLoss composition;
    private final MatchingLoss decomposition;

    Objective(PretrainConfig config, Student student, Teacher teacher, StepWatch watch) {
        this.config = config;
        this.watch = watch;
        this.student = student;
        this.teacher = teacher;
        globalLoss = new GlobalLoss(buffers, config.global(),
                config.globalHead().on() ? config.globalHead().outputs() : student.backbone().channels());
        composition = new MatchingLoss(config.composition());
        decomposition = new MatchingLoss(config.decomposition());
    }

    /** What the losses remember: the centre. */
    List<Parameter> buffers() {
        return buffers.all();
    }

    /** Runs both networks and all losses on a batch; the centre follows. */
    Measured measure(Batch batch, Tape tape, TrainingPass pass) {
        Encoding<Tensor> t = teacher.encode(batch.first(), batch.second());
        watch.made("Teacher.encode", List.of(batch.first(), batch.second()), List.of(t.dense1(), t.dense2()));
        Encoding<Variable> s = student.encode(tape.constant(batch.first()), tape.constant(batch.second()), pass);
        watch.made("Student.encode", List.of(batch.first(), batch.second()), List.of(s.dense1(), s.dense2()));
        Part whole = config.weights().global() == 0 ? Part.none() : global(batch, t, s, pass);
        Part composed = config.weights().composition() == 0 ? Part.none()
                : composed(batch.crops(), t.dense2(), s.dense1(), pass);
        Part decomposed = config.weights().decomposition() == 0 ? Part.none()
                : decomposed(batch.crops(), t.dense1(), s.dense2(), pass);
        TokenSpread spread = TokenSpread.of(TensorOps.concat(0, List.of(t.tokens1(), t.tokens2())));
        watch.made("TokenSpread", List.of(t.tokens1(), t.tokens2()), List.of(spread.deviation(), spread.rank()));
        Variable loss = config.weights().of(whole.loss, composed.loss, decomposed.loss);
        watch.made("TotalLoss", Stream.of(whole, composed, decomposed).filter(part -> part.loss != null)
                .map(Part::value).toList(), List.of(loss));
        List<Tensor> numbers = List.of(loss.value(), whole.value(), composed.value(), decomposed.value(),
                composed.accuracy, decomposed.accuracy, whole.entropy, spread.deviation(), spread.rank());
        return new Measured(loss, TensorOps.stack(0, numbers));
    }

    private Part global(Batch batch, Encoding<Tensor> t, Encoding<Variable> s, TrainingPass pass) {
        int side = t.tokens1().dim(1);
        OverlapPool o1 = OverlapPool.of(batch.crops().stream().map(CropPair::overlapInFirst).toList(), side);
        OverlapPool o2 = OverlapPool.of(batch.crops().stream().map(CropPair::overlapInSecond).toList(), side);
        Tensor t1 = teacher.project(o1.pool(Encoding.sequence(t.tokens1())));
        Tensor t2 = teacher.project(o2.pool(Encoding.sequence(t.tokens2())));
        Variable s1 = student.project(o1.pool(Encoding.sequence(s.tokens1())), pass);
        Variable s2 = config.global().symmetric()
                ? student.project(o2.pool(Encoding.sequence(s.tokens2())), pass) : null;
        Tensor p1 = globalLoss.probabilities(t1);
        Tensor p2 = globalLoss.probabilities(t2);
        Variable loss = globalLoss.loss(s1, s2, p1, p2);
        globalLoss.follow(t1, t2);
        watch.made("GlobalLoss", s2 == null ? List.of(s1, p2) : List.of(s1, s2, p1, p2), List.of(loss));
        Tensor entropy = config.global().symmetric() ? GlobalLoss.entropy(TensorOps.concat(0, List.of(p1, p2)))
                : GlobalLoss.entropy(p2);
        return new Part(loss, null, entropy);
    }

    private Part composed(List<CropPair> crops, Tensor teacher2, Variable student1, TrainingPass pass) {
        Variable tokens = student.compose(student1, pass); // [B, N / 4, K]
        watch.made("Composer", List.of(student1), List.of(tokens));
        return matched(composition, crops.stream().map(CropPair::composition).toList(), teacher2, tokens);
    }

    private Part decomposed(List<CropPair> crops, Tensor teacher1, Variable student2, TrainingPass pass) {
        Variable tokens = student.decompose(student2, pass); // [B, 4N, K]
        watch.made("Decomposer", List.of(student2), List.of(tokens));
        return matched(decomposition, crops.stream().map(CropPair::decomposition).toList(), teacher1, tokens);
    }

    private Part matched(MatchingLoss matching, List<Correspondence> pairs, Tensor teacher, Variable student) {
        Tensor target = MatchingTarget.of(pairs, matching.config());
        watch.made("MatchingTarget", List.of(), List.of(target));
        Variable logits = matching.logits(student, Encoding.sequence(teacher)); // [B, N, M]
        Variable loss = matching.loss(logits, target);
        watch.made("MatchingLoss", List.of(teacher, student, target), List.of(logits, loss));
        return new Part(loss, MatchingLoss.accuracy(logits.value(), MatchingTarget.partners(pairs)), null);
    }

    /**
     * Says what first goes wrong in a batch whose loss or gradients are not finite, or nothing where all is well the
     * second time.
     */
    String diagnosis(Batch batch, TrainingPass pass, Tape tape) {
        List<String> wrong = new ArrayList<>();
        for (int k = 0; k < batch.names().size(); k++) {
            if (!isFinite(batch.first().select(0, k)) || !isFinite(batch.second().select(0, k))) {
                wrong.add("view of " + batch.names().get(k));
            }
        }
        wrong.addAll(notFinite("student's ", student.parameters()));
        wrong.addAll(notFinite("teacher's ", teacher.parameters()));
        if (wrong.isEmpty()) {
            try {
                tape.backward(measure(batch, tape.anomalyMode(true), pass).loss());
            } catch (AutogradException e) {
                return e.getMessage();
            }
            return "";
        }
        return wrong.getFirst() + " is not finite" + (wrong.size() == 1 ? "" : ", and " + (wrong.size() - 1) + " more");
    }

    private static List<String> notFinite(String whose, Parameters parameters) {
        return parameters.trainable().stream().filter(parameter -> !isFinite(parameter.value()))
                .map(parameter -> whose + parameter.path()).toList();
    }

    private static boolean isFinite(Tensor tensor) {
        for (double value : tensor.toDoubles()) {
            if (!Double.isFinite(value)) {
                return false;
            }
        }
        return true;
    }
}
