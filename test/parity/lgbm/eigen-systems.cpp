// Draws normal equations of linear leaves, and writes each with what Eigen solves it to: n, A [n × n, column-major], b, x; all doubles.
#include <Eigen/Dense>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <vector>

int main(int, char** argv) {
  const int from = std::atoi(argv[1]), to = std::atoi(argv[2]), each = std::atoi(argv[3]);
  std::mt19937_64 random(7);
  std::normal_distribution<double> normal;
  for (int n = from; n <= to; n++) {
    for (int t = 0; t < each; t++) {
      const int rows = n + static_cast<int>(random() % 60);
      Eigen::MatrixXd a = Eigen::MatrixXd::Zero(n, n), b = Eigen::MatrixXd::Zero(n, 1);
      std::vector<float> x(n);
      for (int row = 0; row < rows; row++) {
        // some with columns of other sizes, some singular, some with hessians other than 1
        for (int k = 0; k < n; k++) x[k] = normal(random) * (t % 7 == 0 ? std::pow(10.0, k % 9 - 4) : 1);
        if (t % 5 == 0 && n > 2) x[1] = x[0];
        x[n - 1] = 1;
        const float hessian = t % 2 ? 1 : std::abs(normal(random)), gradient = normal(random);
        for (int k = 0; k < n; k++) {
          double value = x[k];
          b(k) += value * gradient;
          value *= hessian;
          for (int j = k; j < n; j++) a(k, j) += value * x[j];
        }
      }
      for (int k = 0; k < n; k++) {
        for (int j = k + 1; j < n; j++) a(j, k) = a(k, j);
        if (t % 3 == 0 && k < n - 1) a(k, k) += 0.1;
      }
      const Eigen::MatrixXd solution = -a.fullPivLu().inverse() * b;
      const double size = n;
      std::fwrite(&size, 8, 1, stdout);
      std::fwrite(a.data(), 8, n * n, stdout);
      std::fwrite(b.data(), 8, n, stdout);
      std::fwrite(solution.data(), 8, n, stdout);
    }
  }
}
