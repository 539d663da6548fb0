// In the place of the theme's own: a page that is not translated leads to the first page of the other language, not to one that is not there.
import { useData } from 'vitepress';
import { computed } from 'vue';

export function useLangs({ correspondingLink = false } = {}) {
  const { site, localeIndex, page, theme, hash } = useData();
  const homeOf = (key) => (key === 'root' ? '/' : `/${key}/`);
  const currentLang = computed(() => ({
    label: site.value.locales[localeIndex.value]?.label,
    link: homeOf(localeIndex.value),
  }));
  const localeLinks = computed(() => {
    const path = page.value.relativePath.slice(currentLang.value.link.length - 1);
    const isThere = (key) => key === 'root' || theme.value.translated.includes(path);
    return Object.entries(site.value.locales)
      .filter(([key]) => key !== localeIndex.value)
      .map(([key, { label }]) => {
        const place = correspondingLink && isThere(key) ? path.replace(/(^|\/)index\.md$/, '$1') : '';
        return { text: label, link: homeOf(key) + place.replace(/\.md$/, '.html') + hash.value };
      });
  });
  return { localeLinks, currentLang };
}
