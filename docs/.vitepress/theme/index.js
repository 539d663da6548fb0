import DefaultTheme from 'vitepress/theme';
import PlaygroundFrame from './PlaygroundFrame.vue';
import './style.css';

export default {
  extends: DefaultTheme,
  enhanceApp({ app }) {
    app.component('PlaygroundFrame', PlaygroundFrame);
  },
};
