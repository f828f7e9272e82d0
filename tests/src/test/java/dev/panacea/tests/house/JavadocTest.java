package dev.panacea.tests.house;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.source.doctree.DocCommentTree;
import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.ExportsTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.ModifiersTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.DocTrees;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreePath;
import com.sun.source.util.TreePathScanner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import javax.lang.model.element.Modifier;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;

/**
 * Everything in an exported package has a comment. The compiler's own check asks for a tag for every parameter as well,
 * and gets sentences that say nothing; so it checks the comments that are there, and this test that they are there.
 */
class JavadocTest {
    private static final List<String> ROOMS = List.of("tensor", "autograd", "nn", "ace", "bindings", "tools");

    @Test
    void everythingExportedHasAComment() throws IOException {
        List<String> bare = new ArrayList<>();
        for (String room : ROOMS) {
            bare.addAll(bare(Path.of("..", room, "src", "main", "java")));
        }
        assertThat(bare).as("public without a comment").isEmpty();
    }

    private static List<String> bare(Path root) throws IOException {
        List<Path> files;
        try (Stream<Path> walk = Files.walk(root)) {
            files = walk.filter(file -> file.toString().endsWith(".java")).sorted().toList();
        }
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        try (StandardJavaFileManager manager = compiler.getStandardFileManager(null, null, null)) {
            JavacTask task = (JavacTask) compiler.getTask(null, manager, null, List.of(), null,
                    manager.getJavaFileObjectsFromPaths(files));
            DocTrees docs = DocTrees.instance(task);
            List<CompilationUnitTree> units = new ArrayList<>();
            task.parse().forEach(units::add);
            Set<String> exported = new HashSet<>();
            for (CompilationUnitTree unit : units) {
                if (unit.getModule() != null) {
                    unit.getModule().getDirectives().stream().filter(d -> d instanceof ExportsTree)
                            .forEach(d -> exported.add(((ExportsTree) d).getPackageName().toString()));
                }
            }
            Scanner scanner = new Scanner(docs);
            for (CompilationUnitTree unit : units) {
                if (unit.getPackageName() != null && exported.contains(unit.getPackageName().toString())
                        && !unit.getSourceFile().getName().endsWith("package-info.java")) {
                    scanner.scan(unit, null);
                }
            }
            return scanner.bare;
        }
    }

    private static final class Scanner extends TreePathScanner<Void, Void> {
        private final DocTrees docs;
        private final List<String> bare = new ArrayList<>();

        Scanner(DocTrees docs) {
            this.docs = docs;
        }

        @Override
        public Void visitClass(ClassTree type, Void none) {
            if (!seen(type.getModifiers())) {
                return null;
            }
            check(type.getSimpleName().toString());
            return super.visitClass(type, none);
        }

        @Override
        public Void visitMethod(MethodTree method, Void none) {
            boolean overrides = method.getModifiers().getAnnotations().stream()
                    .anyMatch(annotation -> annotation.getAnnotationType().toString().equals("Override"));
            // The constructor of a record is told by the record's own comment.
            boolean ofRecord = owner().getKind() == Tree.Kind.RECORD && method.getReturnType() == null;
            if (seen(method.getModifiers()) && !overrides && !ofRecord) {
                check(method.getReturnType() == null ? "constructor" : method.getName() + "()");
            }
            return null;
        }

        @Override
        public Void visitVariable(VariableTree field, Void none) {
            boolean component = owner().getKind() == Tree.Kind.RECORD
                    && !field.getModifiers().getFlags().contains(Modifier.STATIC);
            if (seen(field.getModifiers()) && !component) {
                check(field.getName().toString());
            }
            return null;
        }

        private ClassTree owner() {
            return (ClassTree) getCurrentPath().getParentPath().getLeaf();
        }

        private boolean seen(ModifiersTree modifiers) {
            boolean inInterface = getCurrentPath().getParentPath().getLeaf() instanceof ClassTree outer
                    && outer.getKind() == Tree.Kind.INTERFACE
                    && !modifiers.getFlags().contains(Modifier.PRIVATE);
            return inInterface || modifiers.getFlags().contains(Modifier.PUBLIC)
                    || modifiers.getFlags().contains(Modifier.PROTECTED);
        }

        private void check(String name) {
            DocCommentTree comment = docs.getDocCommentTree(getCurrentPath());
            if (comment == null || comment.getFirstSentence().isEmpty()) {
                StringBuilder where = new StringBuilder(name);
                for (TreePath at = getCurrentPath().getParentPath(); at != null; at = at.getParentPath()) {
                    if (at.getLeaf() instanceof ClassTree outer) {
                        where.insert(0, outer.getSimpleName() + ".");
                    }
                }
                bare.add(where.toString());
            }
        }
    }
}
